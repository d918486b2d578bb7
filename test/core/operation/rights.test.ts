import { expect, test } from "vitest";
import * as BulkRoute from "../../../functions/api/bulk/snapshots.ts";
import * as JobsRoute from "../../../functions/api/jobs/create.ts";
import * as DeleteRoute from "../../../functions/api/vms/delete.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { auditOf, writesTo } from "../../kit/proof.ts";
import { Job, Operation } from "../../kit/shape.ts";

const MINUTE = 60_000;
const FORBIDDEN = { state: "skipped", error: { code: "auth.forbidden" } };

const rowOf = (key: string) => ({ pk: `key#${key.slice(4, 16)}`, sk: "key" });

const takeBack = (b: Bench, key: string) => b.store.write([{ table: "State" as const, remove: rowOf(key) }]);

const change = (b: Bench, key: string, set: Record<string, unknown>) =>
  b.store.write([{ table: "State" as const, update: rowOf(key), set }]);

/** Snapshots that an operator has asked for, one after the other. */
async function asked(vmids: readonly number[]) {
  const b = await bench();
  const key = await b.addKey("operator");
  const body = { select: { vmids }, maxConcurrency: 1 };
  const answer = await b.call(BulkRoute, { body, key });
  expect(answer).toMatchObject({ status: 202 });
  return { b, key, id: Operation.parse(answer.json).id };
}

test("S12: what was accepted for a key that is taken back is skipped, and Proxmox hears nothing of it", async () => {
  const { b, key, id } = await asked([101, 102, 103]);
  await takeBack(b, key);
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([FORBIDDEN, FORBIDDEN, FORBIDDEN]);
  expect(writesTo(b)).toEqual({});
  const refused = await auditOf(b, { outcome: "skipped" });
  expect(refused.map(({ decision }) => decision)).toEqual(["refused", "refused", "refused"]);
});

test("S12: a role that covers the action no more has its items skipped", async () => {
  const { b, key, id } = await asked([101, 102]);
  await change(b, key, { role: "viewer" });
  await b.live(id);
  const items = await invariants(b, id);
  expect(items).toMatchObject([FORBIDDEN, FORBIDDEN]);
  expect(items[0]?.reason).toContain("role viewer");
});

test("S12: a key that has expired since is good for nothing, though its row is still there", async () => {
  const { b, key, id } = await asked([101]);
  await change(b, key, { expiresAt: Math.floor(b.clock.now().getTime() / 1000) });
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([FORBIDDEN]);
});

test("S12: within a minute nothing more is begun for a key that is taken back at work, and what runs is followed", async () => {
  const vmids = Array.from({ length: 9 }, (_, n) => 101 + n);
  const { b, key, id } = await asked(vmids);
  b.simulator.faults.add({ match: { method: "POST" }, do: "delay", milliseconds: 15_000 });
  await b.run(5000);
  await takeBack(b, key);
  const back = b.clock.now().getTime();
  await b.live(id);
  const items = await invariants(b, id);
  const begun = items.filter(({ state }) => state === "succeeded");
  expect(begun.length).toBeGreaterThan(0);
  expect(Math.max(...begun.map(({ sentAt }) => Date.parse(sentAt ?? ""))) - back).toBeLessThan(MINUTE);
  expect(items.filter(({ error }) => error?.code === "auth.forbidden").length).toBeGreaterThan(0);
  expect(new Set(items.map(({ state }) => state))).toEqual(new Set(["succeeded", "skipped"]));
});

test("S12: what is half done when its key is taken back is brought to its end", async () => {
  const b = await bench();
  const key = await b.addKey("admin");
  const path = { cluster: "main", vmid: 102 };
  const answer = await b.call(DeleteRoute, { path, query: { force: "true", override: "true" }, key });
  expect(answer).toMatchObject({ status: 202 });
  const { id } = Operation.parse(answer.json);
  for (let n = 0; n < 600 && b.simulator.state.guests[102]?.status === "running"; n++) await b.run(50);
  expect(b.simulator.state.guests[102]?.status).toBe("stopped");
  await takeBack(b, key);
  // What is lost is sent again long after anybody could still remember the key.
  b.queues.purge("Item");
  b.queues.purge("Follow");
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded" }]);
  expect(b.simulator.state.guests[102]).toBeUndefined();
});

test("S12: a job acts for its maker as long as the maker's key does", async () => {
  const b = await bench();
  const key = await b.addKey("operator");
  const schedule = { schedule: "0 13 * * *", timezone: "UTC" };
  const body = { name: "daily", kind: "snapshot", ...schedule, select: { vmids: [101, 102] }, params: {} };
  const job = Job.parse((await b.call(JobsRoute, { body, key })).json);
  const runs = async () =>
    (await b.store.query({ table: "History", pk: `job#${job.id}`, prefix: "run#" })).map((run) =>
      String(run["operation"]),
    );
  await b.run(65 * MINUTE);
  const [first = ""] = await runs();
  expect(await invariants(b, first)).toMatchObject([{ state: "succeeded" }, { state: "succeeded" }]);
  await takeBack(b, key);
  await b.run(24 * 60 * MINUTE);
  const second = (await runs()).find((run) => run !== first) ?? "";
  expect(await invariants(b, second)).toMatchObject([FORBIDDEN, FORBIDDEN]);
});
