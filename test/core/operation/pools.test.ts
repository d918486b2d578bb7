import { expect, test } from "vitest";
import { systemContext } from "../../../core/context.ts";
import { accept } from "../../../core/operation/index.ts";
import { BulkInput, plan, toOrder } from "../../../core/snapshot/bulk.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { writesState, type Deed } from "../../kit/breaking.ts";
import { invariants } from "../../kit/invariants.ts";

type Pool = { readonly name: string; readonly size: number };

const states = (items: readonly { state: string }[]) => [...new Set(items.map((item) => item.state))];

const able = (b: Bench) =>
  Object.values(b.simulator.state.guests)
    .filter((guest) => guest.config.template !== "1" && !guest.config.name?.startsWith("raw"))
    .map((guest) => guest.vmid);

/** Snapshots of these guests, of which each takes a place in the pools. */
async function pooled(
  b: Bench,
  vmids: readonly number[],
  pools: readonly Pool[],
  more = {},
): Promise<string> {
  const ctx = systemContext(b.broken.world, "test", "req_test");
  const input = BulkInput.parse({ select: { vmids: [...vmids] }, name: `s${vmids.length}-{vmid}`, ...more });
  const order = toOrder(input, await plan(ctx, input));
  return (await b.clock.until(accept(ctx, { ...order, pools }))).id;
}

/** The most snapshots that ever ran at once, on each node and on all of them. */
function peaks(b: Bench) {
  const most = new Map<string, number>();
  const look = () => {
    const running = Object.values(b.simulator.state.tasks).filter(
      ({ type, endtime }) => type.endsWith("snapshot") && endtime === undefined,
    );
    for (const [node, tasks] of [...Map.groupBy(running, (task) => task.node), ["all", running] as const])
      most.set(node, Math.max(most.get(node) ?? 0, tasks.length));
  };
  return { most, look };
}

/** Runs until the operations have ended, looking every half second. */
async function watched(b: Bench, ids: readonly string[]) {
  const { most, look } = peaks(b);
  for (let round = 0; round < 3600; round++) {
    look();
    await b.run(500);
    const rows = await Promise.all(
      ids.map((id) => b.store.get("History", { pk: `op#${id}`, sk: "operation" })),
    );
    if (rows.every((row) => row?.["state"] !== "open")) return most;
  }
  throw new Error("not ended after half an hour");
}

test("a pool that is named after the node lets one run on each node, whatever the operation, and all nodes at once", async () => {
  const b = await bench();
  const pools = [{ name: "backup#{lane}", size: 1 }];
  const vmids = able(b);
  const ids = [await pooled(b, vmids.slice(0, 9), pools), await pooled(b, vmids.slice(9, 17), pools)];
  const most = await watched(b, ids);
  expect(Object.fromEntries(most)).toEqual({ pve1: 1, pve2: 1, pve3: 1, all: 3 });
  await b.run(300_000);
  for (const id of ids) expect(states(await invariants(b, id))).toEqual(["succeeded"]);
});

test("a pool that several nodes share is kept to by two operations together", async () => {
  const b = await bench();
  const pools = [{ name: "shared#nfs", size: 2 }];
  const vmids = able(b);
  const ids = [await pooled(b, vmids.slice(0, 9), pools), await pooled(b, vmids.slice(9, 17), pools)];
  expect((await watched(b, ids)).get("all")).toBe(2);
  await b.run(300_000);
  for (const id of ids) expect(states(await invariants(b, id))).toEqual(["succeeded"]);
});

const takes = (deed: Deed) =>
  deed.port === "write" &&
  deed.changes.some((change) => "put" in change && change.put.pk.startsWith("slot#"));
const gives = (deed: Deed) =>
  deed.port === "write" &&
  deed.changes.some((change) => "remove" in change && change.remove.pk.startsWith("slot#"));
const turns = (deed: Deed) =>
  deed.port === "write" &&
  deed.changes.some((change) => "put" in change && change.put.pk.startsWith("node#"));

test.each([
  ["before it takes a place", takes, "before"],
  ["after it took a place", takes, "after"],
  ["before it starts what has a place", turns, "before"],
  ["after it started that", turns, "after"],
  ["before it writes the end", writesState("succeeded"), "before"],
  ["after it wrote the end", writesState("succeeded"), "after"],
  ["before it gives a place back", gives, "before"],
  ["after it gave a place back", gives, "after"],
] as const)("a worker that dies %s keeps no place in a pool for ever", async (_, strikes, when) => {
  for (const nth of [0, 1, 2, 3]) {
    const b = await bench();
    const pools = [{ name: "shared#nfs", size: 1 }];
    let seen = 0;
    b.broken.on((deed) => strikes(deed) && seen++ === nth, when);
    const vmids = able(b);
    const ids = [await pooled(b, vmids.slice(0, 4), pools), await pooled(b, vmids.slice(4, 9), pools)];
    for (const id of ids) await b.live(id, 30);
    for (const id of ids) expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  }
});

test("what an operation took a place for and then did not start is free for the next one", async () => {
  const b = await bench();
  const pools = [{ name: "shared#nfs", size: 1 }];
  const [first = 0, second = 0, ...others] = able(b);
  b.broken.on((deed) => turns(deed) && deed.port === "write" && deed.changes.length > 1, "before", {
    times: 1,
  });
  const stopped = await pooled(b, [first, second], pools, { maxErrors: 5 });
  const rows = await b.store.query({ table: "Runtime", pk: "slot#shared#nfs" });
  expect(rows).toHaveLength(1);
  await b.store.write([
    { table: "History", update: { pk: `op#${stopped}`, sk: "operation" }, set: { stop: "by the test" } },
  ]);
  await b.live(stopped, 30);
  expect(states(await b.items(stopped))).toEqual(["cancelled"]);
  const next = await pooled(b, others.slice(0, 3), pools);
  await b.live(next, 30);
  expect(states(await b.items(next))).toEqual(["succeeded"]);
});

test("what waits for a place in a pool is looked after although the operation beside it is stopped", async () => {
  const b = await bench();
  const pools = [{ name: "shared#nfs", size: 1 }];
  const of = (node: string) => able(b).filter((vmid) => b.simulator.state.guests[vmid]?.node === node);
  const [first = 0, second = 0, third = 0] = of("pve1");
  b.broken.on((deed) => turns(deed), "before", { times: 1 });
  const stopped = await pooled(b, [first, second], [], { maxErrors: 5 });
  const set = { stop: "by the test" };
  await b.store.write([{ table: "History", update: { pk: `op#${stopped}`, sk: "operation" }, set }]);
  b.queues.purge("Follow");
  const holder = await pooled(b, of("pve2").slice(0, 1), pools);
  const waits = await pooled(b, [third], pools, { name: "waits" });
  await b.run(120_000);
  for (const id of [holder, waits]) expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(states(await b.items(stopped))).toEqual(["cancelled"]);
});
