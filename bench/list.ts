import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import * as z from "zod";
import * as Evaluate from "../functions/api/tags/evaluate.ts";
import * as Tags from "../functions/api/tags/list.ts";
import { explain, matches, parseExpression } from "../core/selector/index.ts";
import { readAll } from "../core/inventory/index.ts";
import { BANNER } from "../test/infra/bundle.ts";
import { lab, type Lab } from "../test/kit/lab.ts";
import { cpu } from "./lib/cpu.ts";
import { report, say } from "./lib/figure.ts";
import { SMALL } from "./lib/small.ts";
import { atMost } from "./fan-out-report.ts";

const GUESTS = 10_000;
const MOST_MS = 50;
const MOST_MB = 150;
const EXPRESSION = "env-* AND NOT (always-on OR *-ci) AND (client-acme OR client-g*x)";

const Measured = z.object({ first: z.number(), milliseconds: z.number(), megabytes: z.number() });

/** Of three processes: when memory is collected is chance. */
const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const rounded = (value = 0) => Math.round(value * 10) / 10;

/** The process as one file, as a Lambda is: what Node needs to read TypeScript would count as its memory otherwise. */
async function bundled(folder: string): Promise<string> {
  const outfile = path.join(folder, "list.mjs");
  const entry = path.join(import.meta.dirname, "list-process.ts");
  const shape = { bundle: true, minify: true, format: "esm", platform: "node", target: "es2024" } as const;
  await build({ ...shape, entryPoints: [entry], outfile, banner: { js: BANNER } });
  return outfile;
}

/** The list, in a process that has the function and its tables and no simulator. */
async function alone(stage: Lab): Promise<z.infer<typeof Measured>> {
  const rows = stage.store.dump().filter(({ table }) => table === "State");
  const folder = await mkdtemp(path.join(tmpdir(), "moxxie-list-"));
  const child = fork(await bundled(folder), {
    execArgv: [...process.execArgv, ...SMALL.flags],
    env: { ...process.env, ...SMALL.environment },
  });
  child.send({
    rows: rows.map(({ row }) => row),
    now: stage.clock.now().toISOString(),
    key: stage.admin,
    query: { tags: EXPRESSION, limit: "200" },
  });
  const [message] = await once(child, "message");
  child.disconnect();
  await rm(folder, { recursive: true });
  return Measured.parse(message);
}

async function routes(stage: Lab): Promise<void> {
  const evaluate = await cpu(() => stage.call(Evaluate, { body: { expression: EXPRESSION } }));
  const tags = await cpu(() => stage.call(Tags));
  say(`CPU of a call: evaluate ${rounded(evaluate)} ms, tags ${rounded(tags)} ms`);
  say(`requests to Proxmox: ${stage.simulator.counters().total.requests}`);
}

/** Lists, filters and counts of a large fleet by tag expression, through the handlers and from the inventory. */
export async function run(): Promise<void> {
  const stage = await lab({ guests: GUESTS, nodes: 12 });
  const { guests } = await readAll(stage.world);
  const tree = parseExpression(EXPRESSION);
  const filter = await cpu(() => guests.filter(({ tags }) => matches(tree, tags)).length);
  const reasons = await cpu(() => guests.map(({ tags }) => explain(tree, tags)).length);
  const inventory = await cpu(() => readAll(stage.world));
  say(
    `${guests.length} guests: filter ${rounded(filter)} ms, with reasons ${rounded(reasons)} ms, reading the inventory ${rounded(inventory)} ms`,
  );
  await routes(stage);
  const runs = [await alone(stage), await alone(stage), await alone(stage)];
  const [first, milliseconds, megabytes] = (["first", "milliseconds", "megabytes"] as const).map((name) =>
    median(runs.map((one) => one[name])),
  );
  say(`CPU of the first call of a process: ${rounded(first)} ms`);
  const what = `for GET /v1/vms, a page of ${GUESTS} guests by expression`;
  report([
    atMost("P9", rounded(milliseconds), MOST_MS, `CPU ms ${what}`),
    atMost("P9", rounded(megabytes), MOST_MB, `MB of memory at most ${what}`),
  ]);
}
