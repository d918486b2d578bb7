import * as z from "zod";
import { expect, test } from "vitest";
import { register } from "../../../../core/cluster/index.ts";
import { systemCaller } from "../../../../core/context.ts";
import { spec } from "../../../../functions/api/tags/list.ts";
import { lab } from "../../../kit/lab.ts";
import { List } from "../../../kit/shape.ts";

const route = { spec };
const Usage = z.object({
  tag: z.string(),
  category: z.string().nullable(),
  count: z.number(),
  clusters: z.record(z.string(), z.number()),
});
const Answer = List(Usage).extend({
  categories: z.array(z.strictObject({ category: z.string(), tags: z.number(), guests: z.number() })),
});

test("200: every tag in use with its category and its guests, in order, without asking Proxmox", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { query: { limit: "200" } });
  expect(answer.status).toBe(200);
  const { items } = Answer.parse(answer.json);
  expect(items.map(({ tag }) => tag)).toEqual(items.map(({ tag }) => tag).toSorted());
  expect(items).toContainEqual({ tag: "env-prod", category: "env", count: 9, clusters: { main: 9 } });
  expect(items).toContainEqual({ tag: "moxxie", category: "special", count: 6, clusters: { main: 6 } });
  expect(items).toContainEqual({ tag: "role-ci", category: null, count: 2, clusters: { main: 2 } });
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test("200: the counts are those of the guests, and each tag of a guest counts once whatever its case", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests[101]?.config ?? {}, { tags: "Env-Prod;env-prod" });
  const { items } = Answer.parse((await stage.call(route, { query: { limit: "200", fresh: "true" } })).json);
  expect(items.find(({ tag }) => tag === "env-prod")?.count).toBe(9);
  expect(items.some(({ tag }) => tag === "Env-Prod")).toBe(false);
});

test("200: categories that no guest uses are told with zeros", async () => {
  const stage = await lab();
  const { categories } = Answer.parse((await stage.call(route)).json);
  expect(categories).toEqual([
    { category: "client", tags: 3, guests: 23 },
    { category: "env", tags: 4, guests: 23 },
    { category: "k8s", tags: 2, guests: 2 },
    { category: "location", tags: 0, guests: 0 },
    { category: "criticality", tags: 0, guests: 0 },
    { category: "special", tags: 3, guests: 7 },
  ]);
});

test("200: pages go on where the last one ended, and a category narrows", async () => {
  const stage = await lab();
  const whole = Answer.parse((await stage.call(route, { query: { limit: "200" } })).json).items;
  const found: unknown[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query = { limit: "4", ...(cursor === "" ? {} : { cursor }) };
    const page: z.infer<typeof Answer> = Answer.parse((await stage.call(route, { query })).json);
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  expect(found).toEqual(whole);
  const env = Answer.parse((await stage.call(route, { query: { category: "env" } })).json).items;
  expect(env.map(({ tag }) => tag)).toEqual(["env-dev", "env-prod", "env-staging", "env-test"]);
});

test("200: a cluster that does not answer leaves the list partial, never empty", async () => {
  const stage = await lab();
  const other = { id: "other", name: "other", endpoints: ["https://x.test:8006"], fingerprints: [] };
  stage.simulator.faults.add({ match: { method: "GET" }, do: "cut-before" });
  await register({ ...stage.world, ...systemCaller("test", "req_test") }, other);
  const answer = Answer.parse((await stage.call(route)).json);
  expect(answer).toMatchObject({ partial: true, warnings: [{ code: "proxmox.unreachable" }] });
  expect(answer.items.length).toBeGreaterThan(0);
});

test.for([{ limit: "0" }, { cluster: "Main!" }, { tag: "x" }, { cursor: "%%%" }])(
  "400: %j",
  async (query) => {
    const stage = await lab();
    const answer = await stage.call(route, { query: { ...query } });
    expect(answer).toMatchObject({ status: 400, json: { code: "request.invalid" } });
  },
);
