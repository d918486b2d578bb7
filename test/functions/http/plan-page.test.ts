import * as z from "zod";
import { expect, test } from "vitest";
import * as Power from "../../../functions/api/bulk/power.ts";
import { planPage } from "../../../functions/http/plan-page.ts";
import { lab } from "../../kit/lab.ts";
import { Plan } from "../../kit/shape.ts";

const Page = z.object({
  kind: z.string(),
  summary: z.object({
    run: z.number(),
    skip: z.number(),
    reasons: z.array(z.object({ code: z.string().nullable(), count: z.number(), example: z.string() })),
  }),
  items: z.array(
    z.object({ vm: z.object({ id: z.string() }), willRun: z.boolean(), code: z.string().nullable() }),
  ),
  nextCursor: z.string().nullable(),
});

test("B11: 200: a plan comes in pages: sums and reasons first, whom nobody chose last, and every guest once", async () => {
  const stage = await lab({ mode: "off" });
  const body = { select: { vmids: [102, 111] }, action: "stop" };
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { dryRun: "true", limit: "7", ...(cursor === undefined ? {} : { cursor }) };
    const answer = await stage.call(Power, { body, query });
    const page = Page.parse(answer.json);
    expect(page.summary.reasons.reduce((sum, { count }) => sum + count, 0)).toBe(page.summary.skip);
    expect(answer.headers["link"]?.includes("cursor=")).toBe(page.nextCursor === null ? undefined : true);
    ids.push(...page.items.map(({ vm }) => vm.id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(new Set(ids.slice(0, 2))).toEqual(new Set(["main/102", "main/111"]));
  expect(new Set(ids).size).toBe(ids.length);
  const all = await stage.call(Power, { body, query: { dryRun: "true", limit: "200" } });
  expect(ids).toEqual(Plan.parse(all.json).items.map(({ vm }) => vm?.id));
});

test("B11: a page of the plan of 10 000 guests with the longest words is some hundred kB at most", () => {
  const item = (n: number) => ({
    vm: { id: `main/${n}`, name: "x".repeat(63), node: "pve1" },
    willRun: n < 5000,
    because: "y".repeat(3000),
    code: n < 5000 ? null : "selector.left-out",
  });
  const items = Array.from({ length: 10_000 }, (_, n) => item(n));
  const plan = { kind: "bulk.power", items, summary: { run: 5000, skip: 5000 } };
  const text = JSON.stringify(planPage(plan, { limit: 200 }));
  expect(text.length).toBeLessThan(500_000);
  expect(Page.parse(JSON.parse(text)).items.every(({ willRun }) => willRun)).toBe(true);
});

test.each([{ limit: "0" }, { limit: "201" }, { cursor: "nonsense" }])("B11: 400: %j", async (more) => {
  const stage = await lab();
  const body = { select: { vmids: [102] }, action: "stop" };
  const answer = await stage.call(Power, { body, query: { dryRun: "true", ...more } });
  expect(answer.status).toBe(400);
});

test("B11: 400: limit and cursor are unknown to a write that is no dry run", async () => {
  const stage = await lab();
  const body = { select: { vmids: [102] }, action: "stop" };
  expect((await stage.call(Power, { body, query: { limit: "5" } })).status).toBe(400);
});
