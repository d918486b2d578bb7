import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import * as z from "zod";

/** CommonJS packages inside an ES module bundle still ask for these. */
export const BANNER = [
  `import { createRequire as bundledRequire } from "node:module";`,
  `const require = bundledRequire(import.meta.url);`,
  `const __filename = import.meta.filename;`,
  `const __dirname = import.meta.dirname;`,
].join("\n");

/** What SST asks its command line for, as far as it matters here. */
export const BuildRequest = z.object({
  functionID: z.string(),
  handler: z.string(),
  runtime: z.string(),
  links: z.record(z.string(), z.unknown()),
  properties: z.object({
    architecture: z.string(),
    minify: z.boolean().optional(),
    esbuild: z.object({ define: z.record(z.string(), z.string()), external: z.array(z.string()) }).optional(),
  }),
});
export type BuildRequest = z.infer<typeof BuildRequest>;

/** Bundles one Lambda the way SST's command line does; a stub of it when `real` is false. */
export async function bundle(request: BuildRequest, work: string, real: boolean) {
  const out = path.join(work, "bundles", request.functionID);
  await mkdir(out, { recursive: true });
  const outfile = path.join(out, "bundle.mjs");
  const answer = { out, handler: "bundle.handler", errors: new Array<string>(), sourcemaps: [], bytes: 0 };
  if (!real) {
    await writeFile(outfile, "export const handler = () => {};\n");
    return answer;
  }
  const entry = `${request.handler.replace(/\.handler$/, "")}.ts`;
  if (!existsSync(entry)) return { ...answer, errors: [`${request.functionID}: no file ${entry}`] };
  const { metafile } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2024",
    mainFields: ["module", "main"],
    keepNames: true,
    metafile: true,
    minify: request.properties.minify ?? false,
    ...request.properties.esbuild,
    banner: { js: BANNER },
    logLevel: "silent",
  });
  return { ...answer, bytes: Object.values(metafile.outputs).reduce((sum, file) => sum + file.bytes, 0) };
}
