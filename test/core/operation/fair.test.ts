import { expect, test } from "vitest";
import * as SnapshotsRoute from "../../../functions/api/bulk/snapshots.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { Operation } from "../../kit/shape.ts";

const MINUTE = 60_000;

const able = (b: Bench) =>
  Object.values(b.simulator.state.guests)
    .filter(({ config }) => config.template !== "1" && !config.name?.startsWith("raw"))
    .map(({ vmid }) => vmid);

/** A snapshot of these guests for whoever has this key; the id of the operation. */
async function asked(b: Bench, key: string, vmids: readonly number[], name: string): Promise<string> {
  const answer = await b.call(SnapshotsRoute, { key, body: { select: { vmids }, name: `${name}-{vmid}` } });
  expect(answer.status).toBe(202);
  return Operation.parse(answer.json).id;
}

/** When the last of its items began, in milliseconds of virtual time after `since`. */
async function begun(b: Bench, operation: string, since: number): Promise<number> {
  const items = await b.items(operation);
  return Math.max(...items.map(({ startedAt }) => (startedAt ? Date.parse(startedAt) - since : Infinity)));
}

test("F61: one tenant has queued 2 000 operations, and the 5 of another start within a minute", async () => {
  const b = await bench({ guests: 60 });
  const [many, few] = [await b.addKey("admin"), await b.addKey("admin")];
  const vmids = able(b);
  const mine = vmids.slice(0, 40);
  for (let n = 0; n < 2000; n++) await asked(b, many, [mine[n % mine.length] ?? 0], `m${n}`);
  await b.run(20_000);
  const since = b.clock.now().getTime();
  const ids: string[] = [];
  for (const vmid of vmids.slice(40, 45)) ids.push(await asked(b, few, [vmid], "few"));
  await b.run(MINUTE);
  for (const id of ids) expect(await begun(b, id, since)).toBeLessThan(MINUTE);
  const open = (await b.store.query({ table: "History", pk: "operation", index: "byTime" })).filter(
    (row) => row["state"] === "open",
  );
  expect(open.length).toBeGreaterThan(1000);
  for (const id of ids) await b.settle(id, 5);
  for (const id of ids) expect((await invariants(b, id)).map(({ state }) => state)).toEqual(["succeeded"]);
});

const LARGE = 1200;

test("F61: an operation of 5 beside one of very many ends at most a minute later than alone", async () => {
  const took = async (b: Bench, vmids: readonly number[]) => {
    const since = b.clock.now().getTime();
    const id = await b.snapshots(vmids, { name: "few-{vmid}" });
    await b.settle(id, 30);
    expect((await invariants(b, id)).map(({ state }) => state)).toEqual(vmids.map(() => "succeeded"));
    return b.clock.now().getTime() - since;
  };
  const alone = await bench({ guests: LARGE });
  const vmids = able(alone);
  const few = vmids.slice(-5);
  const usual = await took(alone, few);
  const b = await bench({ guests: LARGE });
  const large = await b.snapshots(vmids.slice(0, -5), { name: "many-{vmid}" });
  await b.run(20_000);
  expect(await took(b, few)).toBeLessThanOrEqual(usual + MINUTE);
  expect((await b.items(large)).filter(({ state }) => state === "queued").length).toBeGreaterThan(LARGE / 2);
});
