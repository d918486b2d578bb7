import { died } from "./refusal.ts";
import type { World } from "./world.ts";

const FIRST = 5900;
const LAST = 5999;
/** Ports on which somebody is waited for or served, by node; they die with the process, as their servers do. */
const taken = new WeakMap<World, Map<string, Set<number>>>();

/** Runs `use` with the lowest free console port of a node, which is free again when that has ended. */
export function onVncPort<T>(world: World, node: string, use: (port: number, free: () => void) => T): T {
  const nodes = taken.get(world) ?? new Map<string, Set<number>>();
  taken.set(world, nodes);
  const ports = nodes.get(node) ?? new Set<number>();
  nodes.set(node, ports);
  const port = Array.from({ length: LAST - FIRST + 1 }, (_, at) => FIRST + at).find((one) => !ports.has(one));
  if (port === undefined) throw died(`unable to find free port (${FIRST}-${LAST + 1})`);
  ports.add(port);
  return use(port, () => ports.delete(port));
}
