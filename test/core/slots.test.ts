import { expect, test } from "vitest";
import type { World } from "../../core/context.ts";
import type { Store } from "../../core/db/index.ts";
import { lay } from "../../core/operation/lay.ts";
import { itemKey, loadHolders } from "../../core/operation/item.ts";
import { openLane } from "../../core/operation/lane.ts";
import { operationKey, type OperationRow } from "../../core/operation/operation.ts";
import { pump } from "../../core/operation/pump.ts";
import { held, nodePool, release, reserve } from "../../core/operation/slot.ts";
import { toGuest } from "../../core/inventory/guest.ts";
import { smallWorld } from "./world.ts";

const LANE = "main/pve1";
const POOL = nodePool(LANE);
const limits = { maxConcurrency: null, maxErrors: null, lockWaitSeconds: 900, deadlineSeconds: 86_400 };

const operation: OperationRow = {
  id: "op_1",
  kind: "bulk.power",
  actor: { id: "key/a", name: "a", role: "admin", may: ["*"] },
  requestId: "req_1",
  source: "test",
  jobId: null,
  createdAt: "2026-11-23T12:00:00.000Z",
  startedAt: null,
  finishedAt: null,
  state: "open",
  total: 1,
  leftOut: 0,
  cursor: 1,
  expanded: true,
  lanes: [LANE],
  closed: {},
  input: {},
  bulk: true,
  force: false,
  limits,
  stop: null,
};

/** A world in which one item of one operation waits for its turn; `sent` counts the messages of each queue. */
async function waiting() {
  const { world, store } = smallWorld();
  const guest = toGuest("main", {
    id: "qemu/101",
    type: "qemu",
    vmid: 101,
    node: "pve1",
    status: "stopped",
    template: false,
  });
  const vm = { id: guest.id, name: guest.name, node: guest.node };
  const item = { vm, action: "vm.start", willRun: true, because: "", code: null, detail: {} };
  const [first] = lay([{ guest, item }]).items;
  await store.write([
    { table: "History", put: { ...operationKey("op_1"), ...operation } },
    { table: "History", put: { ...itemKey("op_1", 0), ...first, operation: "op_1" } },
    openLane(LANE, "op_1", { from: 0, to: 1 }),
  ]);
  const sent: string[] = [];
  const queue: World["queue"] = {
    send: async (name, messages) => void sent.push(...messages.map(() => name)),
    ping: async () => undefined,
  };
  return { world: { ...world, queue }, store, sent };
}

/** The same store, but before the first write that `meets` the condition something else happens. */
function interrupted(store: Store, meets: (text: string) => boolean, before: () => Promise<unknown>): Store {
  const state = { done: false };
  return {
    ...store,
    async write(changes) {
      if (!state.done && meets(JSON.stringify(changes))) {
        state.done = true;
        await before();
      }
      await store.write(changes);
    },
  };
}

test("no more slots are held than the pool has, and a holder has one at most", async () => {
  const { world } = smallWorld();
  const holders = ["a/1", "a/1", "b/1", "c/1", "a/1", "d/1"];
  const taken = await Promise.all(holders.map((holder) => reserve(world, POOL, 2, holder)));
  const slots = await held(world, POOL);
  expect(slots).toHaveLength(2);
  expect(new Set(slots.map((slot) => slot.holder)).size).toBe(2);
  for (const [index, holder] of holders.entries())
    expect(taken[index]).toBe(slots.some((slot) => slot.holder === holder));
});

test("a slot that is given back is free; giving back what another holds changes nothing", async () => {
  const { world } = smallWorld();
  await reserve(world, POOL, 1, "a/1");
  await release(world, POOL, "b/1");
  expect(await reserve(world, POOL, 1, "b/1")).toBe(false);
  await release(world, POOL, "a/1");
  expect(await reserve(world, POOL, 1, "b/1")).toBe(true);
});

test("the items of holders are read although one of them holds two slots", async () => {
  const { world } = await waiting();
  expect(await loadHolders(world, ["op_1/0", "op_1/0", "op_2/7"])).toHaveLength(1);
});

test("of two pumps that meet at one item one starts it, and it keeps its slot", async () => {
  const { world, store, sent } = await waiting();
  const slow = interrupted(
    store,
    (text) => text.includes('"next":1'),
    () => pump(world, LANE),
  );
  await pump({ ...world, store: slow }, LANE);
  expect(sent.filter((queue) => queue === "Item")).toHaveLength(1);
  expect(await held(world, POOL)).toMatchObject([{ holder: "op_1/0" }]);
});
