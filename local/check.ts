import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";

const root = join(import.meta.dirname, "..");
const SST_MS = 400_000;
const TOOL_MS = 300_000;

type Command = readonly [program: string, ...arguments: string[]];

interface Step {
  readonly name: string;
  readonly commands: readonly Command[];
}

// SST brings the types that infra/ is written against, so it stands before that check.
const STEPS: readonly Step[] = [
  { name: "format", commands: [["oxfmt", "--check", "."]] },
  { name: "lint", commands: [["oxlint", "--type-aware"]] },
  { name: "types", commands: [["tsc"]] },
  {
    name: "types of infra",
    commands: [
      ["node", "local/sst.ts"],
      ["tsc", "-p", "infra"],
    ],
  },
  { name: "dead code", commands: [["knip", "--no-progress"]] },
  { name: "openapi.json", commands: [["node", "local/generate.ts", "--check"]] },
];

// The tools of this checkout, and the Node that runs this file, whatever the shell would find.
const path = [join(root, "node_modules/.bin"), process.env["PATH"] ?? ""].join(delimiter);

function passes([program, ...rest]: Command): boolean {
  const { status, error } = spawnSync(program === "node" ? process.execPath : program, rest, {
    cwd: root,
    env: { ...process.env, PATH: path },
    stdio: "inherit",
    shell: process.platform === "win32",
    timeout: program === "node" ? SST_MS : TOOL_MS,
  });
  if (error) console.error(`${program}: ${error.message}`);
  return status === 0;
}

const results = STEPS.map(({ name, commands }) => {
  const start = performance.now();
  const passed = commands.every(passes);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  return { passed, line: `${passed ? "ok    " : "FAILED"}  ${name} (${seconds} s)` };
});

console.log(`\n${results.map(({ line }) => line).join("\n")}`);
if (results.some(({ passed }) => !passed)) process.exitCode = 1;
