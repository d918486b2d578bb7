import * as z from "zod";
import { expect, test } from "vitest";
import * as Audit from "../../../functions/api/audit/list.ts";
import * as Jobs from "../../../functions/api/jobs/list.ts";
import * as Runs from "../../../functions/api/jobs/runs.ts";
import * as Events from "../../../functions/api/operations/events.ts";
import * as Items from "../../../functions/api/operations/items.ts";
import * as Operations from "../../../functions/api/operations/list.ts";
import { append, draft } from "../../../core/audit/index.ts";
import { systemContext } from "../../../core/context.ts";
import { carriedOut } from "../../kit/proof.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import * as Create from "../../../functions/api/jobs/create.ts";
import * as Run from "../../../functions/api/jobs/run.ts";

const COUNT = 30;
/** An answer of a Lambda: six megabytes. */
const MOST = 6 * 1024 ** 2;
const LARGE = "x".repeat(290_000);

const Page = z.object({
  items: z.array(z.record(z.string(), z.unknown())),
  nextCursor: z.string().nullable(),
});

/** Copies of what a real run left, each as large as a row may be. */
async function filled(stage: Lab) {
  const select = { vmids: [102] };
  const body = {
    name: "n",
    kind: "snapshot",
    schedule: "0 3 * * *",
    select,
    params: { name: "{vm}-{datetime}" },
  };
  const { id } = z.object({ id: z.string() }).parse((await stage.call(Create, { body })).json);
  const path = { job: id };
  const { operation } = await carriedOut(stage, await stage.call(Run, { path }));
  const at = { table: "State", key: { pk: "job", sk: id } } as const;
  const job = await stage.store.get(at.table, at.key);
  const row = await stage.store.get("History", { pk: `op#${operation.id}`, sk: "operation" });
  const item = await stage.store.get("History", { pk: `op#${operation.id}`, sk: "item#000000" });
  if (!job || !row || !item) throw new Error("nothing to copy");
  const ctx = systemContext(stage.world, "test", "req_test");
  for (let n = 1; n <= COUNT; n += 1) {
    const sk = `item#${String(n).padStart(6, "0")}`;
    const other = `op_01M${String(n).padStart(23, "0")}`;
    const named = `job_01M${String(n).padStart(23, "0")}`;
    await stage.store.write([
      { table: "State", put: { ...job, sk: named, id: named, select: { names: [LARGE] } } },
    ]);
    await stage.store.write([{ table: "History", put: { ...item, sk, n, result: { deleted: [LARGE] } } }]);
    await stage.store.write([
      {
        table: "History",
        put: { ...row, pk: `op#${other}`, id: other, gsk: other, input: { names: [LARGE] } },
      },
    ]);
    await append(stage.world, [
      draft(ctx, { action: "job.create", target: named, outcome: "succeeded", changes: { after: LARGE } }),
    ]);
  }
  const closed = { "main/pve1": { succeeded: COUNT + 1, failed: 0, skipped: 0, cancelled: 0, unknown: 0 } };
  await stage.store.write([{ table: "History", put: { ...row, total: COUNT + 1, closed } }]);
  return { job: id, operation: operation.id };
}

const LISTS = [
  ["jobs", Jobs, COUNT + 1],
  ["runs of a job", Runs, 1],
  ["operations", Operations, COUNT + 1],
  ["items of an operation", Items, COUNT + 1],
  ["audit", Audit, COUNT],
] as const;

test.each(LISTS)(
  "B11: %s: pages of the largest rows fit into an answer, and all of them come",
  async (_, route, least) => {
    const stage = await lab();
    const path = await filled(stage);
    const sizes: number[] = [];
    let count = 0;
    let cursor: string | undefined;
    do {
      const query = { limit: "200", ...(cursor === undefined ? {} : { cursor }) };
      const answer = await stage.call(route, { path, query });
      expect(answer.status).toBe(200);
      sizes.push(answer.body.length);
      const page = Page.parse(answer.json);
      count += page.items.length;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(Math.max(...sizes)).toBeLessThan(MOST);
    expect(count).toBeGreaterThanOrEqual(least);
  },
);

test("B11: events of the largest items fit into an answer", async () => {
  const stage = await lab();
  const { operation } = await filled(stage);
  const answer = await stage.call(Events, { path: { operation } });
  expect(answer.body.length).toBeLessThan(MOST);
  expect(answer.body.split("event: item").length).toBeGreaterThan(5);
});
