import { expect, test } from "vitest";
import type { Change } from "../../../core/db/index.ts";
import * as Operation from "../../../core/operation/index.ts";
import { itemKey } from "../../../core/operation/item.ts";
import { NodeRow } from "../../../core/operation/node.ts";
import { turn } from "../../../core/operation/turn.ts";
import { effects } from "../../../core/work/index.ts";
import type { World } from "../../../core/context.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { holding } from "../../kit/holding.ts";
import { invariants } from "../../kit/invariants.ts";
import { itemMessage } from "../../kit/message.ts";

const states = (items: readonly { state: string }[]) => [...new Set(items.map((item) => item.state))];

const sets = (name: string, value?: unknown) => (changes: readonly Change[]) =>
  changes.some(
    (change) =>
      "set" in change && change.set?.[name] !== undefined && (value ?? change.set[name]) === change.set[name],
  );
const puts = (prefix: string) => (changes: readonly Change[]) =>
  changes.some((change) => "put" in change && change.put.pk.startsWith(prefix));
const removes = (prefix: string) => (changes: readonly Change[]) =>
  changes.some((change) => "remove" in change && change.remove.pk.startsWith(prefix));

const nodes = (b: Bench) => b.store.query({ table: "Runtime", pk: "node#main" });

/** Who has a slot of a node. */
const holders = async (b: Bench, node: string) => {
  const row = (await nodes(b)).find(({ sk }) => sk === node);
  return row ? NodeRow.parse(row).running.map(({ holder }) => holder) : [];
};

test("a turn that comes too late does not take the slot away from the item that the other one started", async () => {
  const b = await bench();
  const wider = (world: World) => ({ ...world, settings: { ...world.settings, nodeCap: 6 } });
  const vmids = Object.values(b.simulator.state.guests)
    .filter((guest) => guest.node === "pve1" && !guest.config.template)
    .map((guest) => guest.vmid);
  const id = await b.snapshots(vmids.slice(0, 6));
  await b.run(100);
  // Two more slots are free, and both turns are after them.
  const late = holding(wider(b.world), puts("node#"));
  const second = turn(late.world, "main/pve1", {});
  await late.reached;
  await b.clock.until(turn(wider(b.world), "main/pve1", {}));
  await b.run(50);
  late.letThrough();
  await b.clock.until(second);
  expect((await holders(b, "pve1")).toSorted()).toEqual([0, 1, 2, 3, 4, 5].map((n) => `${id}/${n}`));
  expect(b.requests("POST", "/snapshot")).toBe(6);
  await b.live(id);
  expect((await b.items(id)).map((item) => item.state)).not.toContain("sent");
});

test("a worker that lets go of what it put off does not take it away from the worker of a second message", async () => {
  const b = await bench();
  const reason = "VM is locked (backup)";
  const match = { method: "POST", path: "/nodes/*/snapshot", times: 1 };
  b.simulator.faults.add({ match, do: "answer", status: 500, reason });
  const id = await b.snapshots([101]);
  b.queues.purge("Item");
  const slow = holding(b.world, removes("guest#"));
  const first = Operation.work(slow.world, itemMessage(id), effects);
  await slow.reached;
  await b.clock.until(Operation.work(b.world, itemMessage(id), effects));
  expect(await b.item(id)).toMatchObject({ state: "queued" });
  slow.letThrough();
  await b.clock.until(first);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
});

test.each([
  ["its slot", puts("node#")],
  ["the guest", puts("guest#")],
  ["the item", sets("state", "intent")],
])("a worker that comes to take %s when all is over takes nothing", async (_, chosen) => {
  const b = await bench();
  const id = await b.snapshots([101]);
  b.queues.purge("Item");
  // It has let go of all that it held, as after a long wait.
  for (const { pk, sk } of await nodes(b)) await b.store.write([{ table: "Runtime", remove: { pk, sk } }]);
  await b.store.write([{ table: "History", update: itemKey(id, 0), set: { free: true } }]);
  const slow = holding(b.world, chosen);
  const late = Operation.work(slow.world, itemMessage(id), effects);
  await slow.reached;
  b.queues.send("Item", JSON.stringify(itemMessage(id)));
  await b.settle(id);
  slow.letThrough();
  await b.clock.until(late);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(1);
});

test("an expansion that stood still until all was done opens no lane a second time", async () => {
  const b = await bench({ guests: 100 });
  const vmids = Object.values(b.simulator.state.guests)
    .filter((guest) => guest.config.template !== "1" && !guest.config.name?.startsWith("raw"))
    .map((guest) => guest.vmid);
  for (const chosen of [sets("cursor"), sets("expanded", true)]) {
    const id = await b.snapshots(vmids.slice(0, 60), { name: `s${b.clock.now().getTime()}-{vmid}` });
    const slow = holding(b.world, chosen);
    const late = Operation.expand(slow.world, { v: 1, kind: "expand", operation: id });
    await slow.reached;
    await b.live(id);
    slow.letThrough();
    await b.clock.until(late);
    await b.run(600_000);
    expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  }
});
