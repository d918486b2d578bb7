import { isBuiltin } from "node:module";
import { build } from "esbuild";
import { esbuild } from "../../infra/esbuild.ts";
import { ROOT } from "./sources.ts";

/** One Lambda as it would be uploaded. `inputs` names the modules whose code is in it. */
export interface Bundle {
  readonly file: string;
  readonly bytes: number;
  readonly inputs: readonly string[];
  /** What it would import while it runs, other than Node's own. */
  readonly absent: readonly string[];
  /** Bytes of each package or folder of ours, the heaviest first. */
  readonly weights: readonly (readonly [string, number])[];
}

function roomOf(input: string): string {
  const parts = input.split("/");
  if (parts[0] !== "node_modules") return parts.slice(0, 2).join("/");
  return parts.slice(1, parts[1]?.startsWith("@") ? 3 : 2).join("/");
}

function weigh(inputs: Readonly<Record<string, { bytesInOutput: number }>>) {
  const sums = new Map<string, number>();
  for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
    sums.set(roomOf(input), (sums.get(roomOf(input)) ?? 0) + bytesInOutput);
  }
  return [...sums].toSorted(([, a], [, b]) => b - a);
}

/** Bundles functions with the settings that SST 4.17.1 gives esbuild, in memory. `files` lack their ending. */
export async function bundles(files: readonly string[]): Promise<Bundle[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: files.map((file) => `${file}.ts`),
    outdir: "dist",
    outbase: ".",
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    keepNames: true,
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    logLevel: "silent",
    ...esbuild,
  });
  return Object.values(metafile.outputs).map(({ entryPoint = "", bytes, inputs, imports }) => ({
    file: entryPoint.replace(/\.ts$/, ""),
    bytes,
    inputs: Object.keys(inputs),
    absent: imports.map((one) => one.path).filter((path) => !isBuiltin(path)),
    weights: weigh(inputs),
  }));
}
