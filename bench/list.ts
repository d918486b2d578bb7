import * as z from "zod";
import * as Vms from "../functions/api/vms/list.ts";
import * as Evaluate from "../functions/api/tags/evaluate.ts";
import * as Tags from "../functions/api/tags/list.ts";
import { explain, matches, parseExpression } from "../core/selector/index.ts";
import { readAll } from "../core/inventory/index.ts";
import { lab, type Lab } from "../test/kit/lab.ts";
import { report, say } from "./lib/figure.ts";

const GUESTS = 10_000;
const ROUNDS = 15;
const MOST_MS = 50;
const EXPRESSION = "env-* AND NOT (always-on OR *-ci) AND (client-acme OR client-g*x)";

const Listed = z.object({ items: z.array(z.unknown()).min(1) });

/** CPU milliseconds of one round, user and system: the middle of several, the first ones left out. */
async function cpu(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS + 5; round++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    if (round >= 5) times.push((user + system) / 1000);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}

const rounded = (value: number) => Math.round(value * 10) / 10;

async function routes(stage: Lab): Promise<void> {
  const query = { tags: EXPRESSION, limit: "200" };
  const list = await cpu(async () => Listed.parse((await stage.call(Vms, { query })).json));
  const evaluate = await cpu(() => stage.call(Evaluate, { body: { expression: EXPRESSION } }));
  const tags = await cpu(() => stage.call(Tags));
  say(
    `CPU of a call: GET /v1/vms ${rounded(list)} ms, evaluate ${rounded(evaluate)} ms, tags ${rounded(tags)} ms`,
  );
  say(`requests to Proxmox: ${stage.simulator.counters().total.requests}`);
  report([
    {
      id: "P9",
      value: rounded(list),
      unit: `CPU ms for a page of ${GUESTS} guests by expression`,
      goal: `<= ${MOST_MS}`,
      ok: list <= MOST_MS,
    },
  ]);
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
}
