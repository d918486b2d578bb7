import { Session, type Profiler } from "node:inspector";

/** How often V8 entered a function or a block of the product's own code while the work was done: the same at each run. */
function steps(work: () => void): number {
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  work();
  const scripts: Profiler.ScriptCoverage[] = [];
  session.post("Profiler.takePreciseCoverage", (_error, { result }) => void scripts.push(...result));
  session.post("Profiler.stopPreciseCoverage");
  session.disconnect();
  const ranges = scripts
    .filter(({ url }) => url.includes("/core/"))
    .flatMap(({ functions }) => functions.flatMap((one) => one.ranges));
  return ranges.reduce((total, { count }) => total + count, 0);
}

/**
 * How many times the steps that the work takes for eight times the size: 8 where they grow with the size, 64 where they
 * grow with its square. What V8 does within one call of its own, such as a search in a string, is not counted.
 */
export function growth(work: (size: number) => void, size: number): number {
  const small = steps(() => work(size));
  if (small === 0) throw new Error("none of the product's own code was run");
  return steps(() => work(8 * size)) / small;
}
