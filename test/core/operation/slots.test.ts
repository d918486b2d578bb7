import { expect, test } from "vitest";
import { systemContext } from "../../../core/context.ts";
import type { Change } from "../../../core/db/index.ts";
import { poll } from "../../../core/inventory/index.ts";
import * as Operation from "../../../core/operation/index.ts";
import { look } from "../../../core/operation/look.ts";
import { loadNode, NodeRow } from "../../../core/operation/node.ts";
import { turn } from "../../../core/operation/turn.ts";
import { BulkInput, plan, toOrder } from "../../../core/snapshot/bulk.ts";
import * as Power from "../../../functions/api/bulk/power.ts";
import { effects } from "../../../core/work/index.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { writesState } from "../../kit/breaking.ts";
import { holding } from "../../kit/holding.ts";
import { invariants } from "../../kit/invariants.ts";
import { itemMessage } from "../../kit/message.ts";
import { Operation as Shape } from "../../kit/shape.ts";

const MINUTE = 60_000;

const able = (b: Bench, node: string) =>
  Object.values(b.simulator.state.guests)
    .filter((guest) => guest.node === node && !guest.config.template && !guest.config.name?.startsWith("raw"))
    .map(({ vmid }) => vmid);

/** Who has a slot of a node. */
async function holders(b: Bench, node: string): Promise<string[]> {
  const row = await b.store.get("Runtime", { pk: "node#main", sk: node });
  return row ? NodeRow.parse(row).running.map(({ holder }) => holder) : [];
}

const intends = (changes: readonly Change[]) =>
  changes.some((change) => "set" in change && change.set?.["state"] === "intent");

/** What the watcher of a node does when it looks. */
async function watch(b: Bench, node: string): Promise<void> {
  const [world, lane] = [b.world, `main/${node}`];
  const row = await loadNode(world, lane);
  await b.clock.until(turn(world, lane, await look(world, lane, row, { effects, sight: undefined })));
}

/** A snapshot of a guest that moved from pve1 to pve2, whose worker has a slot of pve2 and stands before its request. */
async function arriving() {
  const b = await bench();
  const [vmid = 0] = able(b, "pve1");
  const id = await b.snapshots([vmid]);
  b.queues.purge("Item");
  Object.assign(b.simulator.state.guests[vmid] ?? {}, { node: "pve2" });
  await b.clock.until(poll(b.world, "main"));
  const late = holding(b.world, intends);
  const worker = Operation.work(late.world, itemMessage(id), effects);
  await b.clock.until(Promise.race([late.reached, worker]));
  return { b, id, late, worker };
}

test("a look at the node to which a guest has just moved takes no slot away from it", async () => {
  const { b, id, late, worker } = await arriving();
  expect(await holders(b, "pve2")).toEqual([`${id}/0`]);
  await watch(b, "pve2");
  expect(await holders(b, "pve2")).toEqual([`${id}/0`]);
  late.letThrough();
  await b.clock.until(worker);
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded" }]);
});

test("an item that leaves a slot behind on a node where its guest was keeps its place in a pool", async () => {
  const b = await bench();
  const ctx = systemContext(b.broken.world, "test", "req_test");
  const input = BulkInput.parse({ select: { vmids: able(b, "pve1").slice(0, 2) }, name: "s-{vmid}" });
  const order = toOrder(input, await plan(ctx, input));
  const pools = [{ name: "shared#nfs", size: 1 }];
  const { id } = await b.clock.until(Operation.accept(ctx, { ...order, pools }));
  await b.run(MINUTE, async () => (await b.item(id)).state === "sent");
  const taken = async () =>
    (await b.store.query({ table: "Runtime", pk: "slot#shared#nfs" })).map((row) => row["holder"]);
  expect(await taken()).toEqual([`${id}/0`]);
  await b.clock.until(turn(b.world, "main/pve3", { freed: [`${id}/0`] }));
  expect(await taken()).toEqual([`${id}/0`]);
  await b.live(id);
  expect(new Set((await invariants(b, id)).map(({ state }) => state))).toEqual(new Set(["succeeded"]));
});

test("an operation whose last worker died is ended by the sweeper, however many others are open on the node", async () => {
  const b = await bench({ guests: 200, nodes: 1 });
  const vmids = able(b, "pve1");
  const locked = vmids.slice(0, 60);
  for (const vmid of locked) Object.assign(b.simulator.state.guests[vmid] ?? {}, { lock: "backup" });
  for (const vmid of locked) await b.snapshots([vmid], { name: "one" });
  await b.run(MINUTE);
  const id = await b.snapshots([vmids[70] ?? 0], { name: "last" });
  b.broken.on(writesState("succeeded"), "after");
  await b.run(MINUTE);
  expect(await b.item(id)).toMatchObject({ state: "succeeded" });
  await b.sweep();
  const row = await b.store.get("History", { pk: `op#${id}`, sk: "operation" });
  expect(row?.["state"]).toBe("succeeded");
});

test("what is kept of one item in a form that nobody understands keeps no other of its node from its end", async () => {
  const b = await bench({ mode: "off" });
  const vmids = able(b, "pve1").filter((vmid) => b.simulator.state.guests[vmid]?.status === "running");
  const body = { select: { vmids: vmids.slice(0, 4) }, action: "stop" };
  const { id } = Shape.parse((await b.call(Power, { body })).json);
  await b.run(MINUTE, async () => (await b.item(id)).state === "sent");
  const first = { pk: `op#${id}`, sk: "item#000000" };
  await b.store.write([{ table: "History", update: first, set: { detail: { force: "of another time" } } }]);
  await b.run(10 * MINUTE);
  const states = (await b.items(id)).map(({ state }) => state);
  expect(states).toEqual(["sent", "succeeded", "succeeded", "skipped"]);
});

test("a task of an action that only another version knew does not hold its slot for ever", async () => {
  const b = await bench();
  const id = await b.snapshots([101]);
  await b.run(MINUTE, async () => (await b.item(id)).state === "sent");
  const update = { pk: `op#${id}`, sk: "item#000000" };
  await b.store.write([{ table: "History", update, set: { action: "snapshot.of-old" } }]);
  await b.live(id);
  expect(await b.items(id)).toMatchObject([{ state: "unknown", error: { code: "operation.unsupported" } }]);
  expect(await holders(b, "pve1")).toEqual([]);
});
