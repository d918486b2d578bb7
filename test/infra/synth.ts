import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { build, type BuildOptions, type Plugin } from "esbuild";
import * as z from "zod";
import { installPlatform } from "../../local/sst.ts";
import { BANNER } from "./bundle.ts";
import { type Built, serveCli } from "./cli.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const PLATFORM = path.join(ROOT, ".sst/platform");
/** Only what hangs is cut off. */
const RUN_LIMIT_MS = 580_000;

const Result = z.object({
  resources: z.array(
    z.object({ type: z.string(), name: z.string(), inputs: z.record(z.string(), z.unknown()) }),
  ),
  outputs: z.record(z.string(), z.unknown()),
  /** What `sst dev` would start beside the functions. */
  commands: z.array(
    z.object({ name: z.string(), dev: z.object({ command: z.string(), autostart: z.boolean() }) }),
  ),
});
const App = z.object({ name: z.string(), removal: z.string(), protect: z.boolean() });
const Config = z.object({
  default: z.object({ app: z.function({ input: [z.unknown()], output: z.unknown() }) }),
});

export type Resource = z.infer<typeof Result>["resources"][number];
export type Stack = z.infer<typeof Result> & { app: z.infer<typeof App>; built: Built[] };
/** A fault to plant: in this file of ours, the first text becomes the second. */
export type Edit = { file: string; from: string; to: string };
export type Options = {
  stage?: string;
  dev?: boolean;
  /** Absolute path of the route document; openapi.json when absent. */
  document?: string;
  edits?: readonly Edit[];
  /** Which handlers to bundle for real; the others are stubs. */
  real?: (handler: string) => boolean;
};

/** Runs sst.config.ts against SST's own components with AWS mocked, and says what would be created. */
export async function synth(options: Options = {}): Promise<Stack> {
  installPlatform();
  const { stage = "test", dev = false, real = () => false } = options;
  const work = await mkdtemp(path.join(PLATFORM, "synth-"));
  const cli = await serveCli(work, real);
  try {
    const app = await evaluateApp(work, stage);
    const outfile = path.join(work, "run.mjs");
    await bundleRun({ outfile, work, app: { ...app, stage }, dev }, options);
    const result = await run(outfile, cli.url);
    return { ...result, app, built: cli.built };
  } finally {
    cli.close();
    await rm(work, { recursive: true, force: true });
  }
}

const common: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  format: "esm",
  platform: "node",
  mainFields: ["module", "main"],
  logLevel: "silent",
  nodePaths: [path.join(PLATFORM, "node_modules")],
  external: ["@pulumi/*", "@pulumiverse/*", "@aws-sdk/*", "undici", "esbuild", "archiver", "glob", "vite"],
};

async function evaluateApp(work: string, stage: string) {
  const outfile = path.join(work, "app.mjs");
  const js = `${BANNER}\nconst $config = (config) => config;`;
  // What run() imports is left out: it would ask for globals that exist only later.
  await build({
    ...common,
    external: ["./infra/*"],
    entryPoints: ["sst.config.ts"],
    outfile,
    banner: { js },
  });
  const module: unknown = await import(pathToFileURL(outfile).href);
  return App.parse(await Config.parse(module).default.app({ stage }));
}

type Run = { outfile: string; work: string; app: object; dev: boolean };

async function bundleRun({ outfile, work, app, dev }: Run, { document, edits = [] }: Options) {
  const paths = { home: work, root: ROOT, work, platform: PLATFORM };
  const contents = `
    import * as pulumi from "@pulumi/pulumi";
    import { writeFileSync } from "node:fs";
    import config from "./sst.config.ts";
    import { run } from "${PLATFORM}/src/auto/run.ts";
    import { x } from "${PLATFORM}/src/components";
    import { mocks } from "./test/infra/mocks.ts";
    const { created, ...monitor } = mocks();
    await pulumi.runtime.setMocks(monitor, $app.name, $app.stage, false);
    const commands = [];
    $transform(x.DevCommand, ({ dev }, options, name) => commands.push({ name, dev }));
    const outputs = await pulumi.runtime.runInPulumiStack(() => run(config.run));
    pulumi.output(outputs).apply((outputs) => {
      process.once("beforeExit", () => {
        writeFileSync("${work}/result.json", JSON.stringify({ resources: created, outputs, commands }));
        process.exit(0);
      });
    });`;
  await build({
    ...common,
    outfile,
    stdin: { resolveDir: ROOT, sourcefile: "synth.ts", loader: "ts", contents },
    banner: { js: BANNER },
    inject: [path.join(PLATFORM, "src/shim/run.js")],
    define: {
      $app: JSON.stringify(app),
      $cli: JSON.stringify({ command: dev ? "dev" : "deploy", dev, paths, state: { version: {} } }),
      $dev: String(dev),
    },
    plugins: [substitute(document, edits)],
  });
}

/** Our infra files see `aws` and `sst` as globals, the way SST's command line gives them. */
function substitute(document: string | undefined, edits: readonly Edit[]): Plugin {
  const globals = `import * as aws from "@pulumi/aws"; import * as sst from "${PLATFORM}/src/components";`;
  return {
    name: "substitute",
    setup(build) {
      if (document) build.onResolve({ filter: /\/openapi\.json$/ }, () => ({ path: document }));
      build.onLoad({ filter: /\/infra\/\w+\.ts$/ }, async ({ path: absolute }) => {
        const file = path.relative(ROOT, absolute);
        if (!file.startsWith("infra/")) return undefined;
        const source = await readFile(absolute, "utf8");
        return { contents: globals + planted(source, file, edits), loader: "ts" };
      });
    },
  };
}

function planted(source: string, file: string, edits: readonly Edit[]): string {
  return edits
    .filter((edit) => edit.file === file)
    .reduce((text, { from, to }) => {
      if (!text.includes(from)) throw new Error(`${file} no longer holds the text to edit: ${from}`);
      return text.replace(from, to);
    }, source);
}

async function run(outfile: string, cli: string) {
  const secrets = {
    SST_SECRET_KeyPepper: "pepper",
    SST_SECRET_AdminKey: "admin",
    SST_SECRET_SealingKey: "a sealing key of 32 characters or more",
  };
  // Pulumi notes the stack of every promise it makes; a short one saves half the run.
  const child = spawn(process.execPath, ["--no-warnings", "--stack-trace-limit=1", outfile], {
    cwd: ROOT,
    env: { ...process.env, ...secrets, SST_SERVER: cli },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: RUN_LIMIT_MS,
  });
  const exit = Promise.withResolvers<number | null>();
  child.on("error", exit.reject);
  child.on("close", exit.resolve);
  const [code, stdout, stderr] = await Promise.all([exit.promise, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new Error(`The stack does not run (exit ${code}):\n${stdout}${stderr}`);
  return Result.parse(JSON.parse(await readFile(path.join(path.dirname(outfile), "result.json"), "utf8")));
}
