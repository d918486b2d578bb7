import { expect, test } from "vitest";
import * as ListRoute from "../../../functions/api/operations/list.ts";
import * as GetRoute from "../../../functions/api/operations/get.ts";
import * as ItemsRoute from "../../../functions/api/operations/items.ts";
import * as SnapshotsRoute from "../../../functions/api/bulk/snapshots.ts";
import * as CloneRoute from "../../../functions/api/vms/clone.ts";
import * as StartRoute from "../../../functions/api/vms/start.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { List, Operation } from "../../kit/shape.ts";

const states = (items: readonly { state: string }[]) => [...new Set(items.map((item) => item.state))];

const able = ({ simulator }: Bench) =>
  Object.values(simulator.state.guests)
    .filter((guest) => guest.config.template !== "1" && !guest.config.name?.startsWith("raw"))
    .map((guest) => guest.vmid);

const listed = async (b: Bench) =>
  List(Operation)
    .parse((await b.call(ListRoute)).json)
    .items.map(({ id }) => id);

test("F32: a list that is read from an index 5 s behind lags, the operation itself and what is decided do not", async () => {
  const b = await bench({ lag: 5000 });
  const id = await b.snapshots([101, 102, 104, 105, 107, 108]);
  expect(await listed(b)).toEqual([]);
  expect(await b.call(GetRoute, { path: { operation: id } })).toMatchObject({ status: 200, json: { id } });
  await b.run(5000);
  expect(await listed(b)).toEqual([id]);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(6);
});

test.each([1000, 2000, 5000])(
  "F32: a large operation over five nodes is done once and in time although what is read may be %i ms old",
  async (lag) => {
    const b = await bench({ guests: 240, nodes: 5, lag });
    const vmids = able(b);
    const id = await b.snapshots(vmids);
    await b.live(id);
    expect(states(await invariants(b, id))).toEqual(["succeeded"]);
    expect(b.requests("POST", "/snapshot")).toBe(vmids.length);
    expect(b.simulator.counters().total.requests / vmids.length).toBeLessThan(2.5);
  },
);

test("a watcher that reads an old row of its node does not take itself for the watcher again and again", async () => {
  const b = await bench({ lag: 2000 });
  const vmids = able(b);
  const first = await b.snapshots(vmids, { name: "one-{vmid}" });
  const second = await b.snapshots(vmids, { name: "two-{vmid}" });
  let looks = 0;
  // Time stands still in a storm of looks, so the number of steps is bounded.
  await b.run(60_000, async () => ++looks > 1000);
  expect(looks).toBeLessThan(1000);
  expect(b.requests("GET", "/cluster/tasks")).toBeLessThan(60);
  for (const id of [first, second]) {
    await b.live(id);
    expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  }
});

test("two operations on the same guests, read 2 s late, change each guest one after the other", async () => {
  const b = await bench({ nodes: 3, lag: 2000 });
  const vmids = able(b).slice(0, 12);
  const first = await b.snapshots(vmids, { name: "one-{vmid}" });
  const second = await b.snapshots(vmids, { name: "two-{vmid}" });
  await b.live(first);
  await b.live(second);
  for (const id of [first, second]) expect(states(await invariants(b, id))).toEqual(["succeeded"]);
});

test("limits hold although nodes and lanes are read 2 s late: concurrency, failures, other actions beside", async () => {
  const b = await bench({ guests: 120, nodes: 4, lag: 2000 });
  const vmids = able(b).filter((vmid) => vmid !== 110);
  for (const vmid of vmids.slice(20, 24)) {
    const match = { method: "POST", path: "/nodes/*/snapshot", vmid };
    b.simulator.faults.add({ match, do: "answer", status: 500, reason: "the storage is broken" });
  }
  const limited = await b.snapshots(vmids.slice(0, 60), {
    name: "one-{vmid}",
    maxConcurrency: 3,
    maxErrors: 3,
  });
  const { json } = await b.call(StartRoute, { path: { cluster: "main", vmid: 110 }, body: {} });
  const start = Operation.parse(json).id;
  const other = await b.snapshots(vmids.slice(60), { name: "two-{vmid}" });
  let most = 0;
  await b.run(10 * 60_000, async () => {
    most = Math.max(most, b.store.dump().filter(({ row }) => row.pk === `slot#${limited}`).length);
    return false;
  });
  expect(most).toBe(3);
  for (const id of [limited, start, other]) await b.live(id);
  const failed = (await invariants(b, limited)).filter((item) => item.state === "failed");
  expect(failed).toHaveLength(4);
  expect(states([...(await invariants(b, start)), ...(await invariants(b, other))])).toEqual(["succeeded"]);
});

test("workers that die and messages that come twice do no harm while all reads lag by 2 s", async () => {
  const b = await bench({ guests: 60, nodes: 3, lag: 2000 });
  let writes = 0;
  b.broken.on((deed) => deed.port === "write" && ++writes % 40 === 0, "after", { times: 12 });
  b.broken.twice(
    () => true,
    () => 1,
  );
  const vmids = able(b);
  const id = await b.snapshots(vmids);
  await b.live(id, 180);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(vmids.length);
});

const DAY = 86_400_000;
const body = { select: { vmids: [101] }, name: "one-{datetime}" };

test("F33: an answer that was kept for repeats is gone after a day, although its row can still be read", async () => {
  const b = await bench();
  const headers = { "idempotency-key": "k1" };
  const ask = async () => Operation.parse((await b.call(SnapshotsRoute, { body, headers })).json).id;
  const first = await ask();
  await b.live(first);
  expect(await ask()).toBe(first);
  await b.clock.advance(DAY);
  const second = await ask();
  expect(second).not.toBe(first);
  await b.live(second);
  expect(states(await invariants(b, second))).toEqual(["succeeded"]);
});

test("F33: an operation and its items are gone after 90 days, for every list and look", async () => {
  const b = await bench();
  const id = await b.snapshots([101]);
  await b.live(id);
  const path = { operation: id };
  expect(await b.call(GetRoute, { path })).toMatchObject({ status: 200 });
  await b.clock.advance(90 * DAY);
  expect(b.store.dump().filter(({ row }) => row.pk === `op#${id}`)).toHaveLength(2);
  for (const route of [GetRoute, ItemsRoute])
    expect(await b.call(route, { path })).toMatchObject({ status: 404, json: { code: "operation.missing" } });
  expect(await listed(b)).toEqual([]);
});

test("F33: a guest's lock, a kept VMID and an open breaker whose time is over hold nobody back", async () => {
  const b = await bench();
  const holder = await b.snapshots([104], { name: "held-{vmid}" });
  b.queues.purge("Item");
  const expiresAt = Math.floor(b.clock.now().getTime() / 1000) - 1;
  const held = { holder: `${holder}/0`, expiresAt };
  const breaker = {
    credential: "any",
    reason: "no quorum",
    probeAt: b.clock.now().getTime() + DAY,
    expiresAt,
  };
  await b.store.write([
    { table: "Runtime", put: { pk: "guest#main/101", sk: "lock", at: "", rev: 1, line: [], ...held } },
    { table: "Runtime", put: { pk: "breaker#main", sk: "quorum", ...breaker } },
    { table: "State", put: { pk: "vmid#main", sk: "000007777", ...held } },
  ]);
  const snapshot = await b.snapshots([101]);
  const path = { cluster: "main", vmid: 9000 };
  const { json } = await b.call(CloneRoute, { path, body: { newVmid: 7777 } });
  const clone = Operation.parse(json).id;
  await b.settle(snapshot, 1);
  await b.settle(clone, 3);
  for (const id of [snapshot, clone]) expect(states(await b.items(id))).toEqual(["succeeded"]);
});
