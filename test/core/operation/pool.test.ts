import { expect, test } from "vitest";
import type { Change } from "../../../core/db/index.ts";
import { giveBack } from "../../../core/operation/clear-up.ts";
import { itemKey, loadItem } from "../../../core/operation/item.ts";
import { laneKey, loadLane } from "../../../core/operation/lane.ts";
import { loadOperation, operationKey } from "../../../core/operation/operation.ts";
import { reserveAll } from "../../../core/operation/pool.ts";
import { bench } from "../../kit/bench.ts";
import { holding } from "../../kit/holding.ts";
import { lab, type Lab } from "../../kit/lab.ts";

const takes = (changes: readonly Change[]) =>
  changes.some((change) => "put" in change && change.put.pk.startsWith("slot#"));

/** Who has places in a pool. */
const holders = async ({ store }: Pick<Lab, "store">) =>
  (await store.query({ table: "Runtime", pk: "slot#shared" })).map((row) => row["holder"]);

test("J: two workers of one item take one place of a pool between them", async () => {
  const stage = await lab();
  const pools = [{ name: "shared", size: 2 }];
  const slow = holding(stage.world, takes);
  const first = reserveAll(slow.world, pools, "op_one/0");
  await slow.reached;
  await stage.clock.advance(1000);
  expect(await reserveAll(stage.world, pools, "op_one/0")).toBe(true);
  slow.letThrough();
  expect(await first).toBe(true);
  expect(await holders(stage)).toEqual(["op_one/0"]);
});

test("J: of two that take over the place of one that has ended, one has it", async () => {
  const stage = await lab();
  const pools = [{ name: "shared", size: 1 }];
  await reserveAll(stage.world, pools, "op_gone/0");
  await stage.clock.advance(120_000);
  const slow = holding(stage.world, takes);
  const first = reserveAll(slow.world, pools, "op_one/0");
  await slow.reached;
  expect(await reserveAll(stage.world, pools, "op_two/0")).toBe(true);
  slow.letThrough();
  expect(await first).toBe(false);
  expect(await holders(stage)).toEqual(["op_two/0"]);
});

/** An operation whose first item has a place in a pool that a turn has taken and then not used. */
async function tried() {
  const b = await bench();
  const id = await b.snapshots([101]);
  b.queues.purge("Item");
  const pools = [{ name: "shared", size: 1 }];
  await b.store.write([{ table: "History", update: operationKey(id), set: { pools } }]);
  await reserveAll(b.world, pools, `${id}/0`);
  const item = await loadItem(b.world, id, 0);
  const operation = await loadOperation(b.world, id);
  const lane = operation && (await loadLane(b.world, "main/pve1", operation));
  if (!item || !lane) throw new Error("nothing was accepted");
  const back = () =>
    giveBack(b.world, "main/pve1", [{ holder: `${id}/0`, vmid: 101, action: item.action, start: 0 }]);
  return { b, id, operation, lane, back };
}

test("J: a turn that was overtaken leaves an item its place that another turn has started", async () => {
  const { b, id, back } = await tried();
  await back();
  expect(await holders(b)).toEqual([`${id}/0`]);
});

test("J: it gives back the place of an item that nobody has started", async () => {
  const { b, lane, back } = await tried();
  await b.store.write([{ table: "History", put: { ...lane, next: 0 } }]);
  await back();
  expect(await holders(b)).toEqual([]);
});

test("J: it gives back the place of an item that has ended, while others of its lane have not", async () => {
  const { b, id, back } = await tried();
  await b.store.write([{ table: "History", update: itemKey(id, 0), set: { state: "succeeded" } }]);
  await back();
  expect(await holders(b)).toEqual([]);
});

test("J: it gives back the place of an item whose lane is closed", async () => {
  const { b, operation, back } = await tried();
  if (!operation) throw new Error("no operation");
  await b.store.write([{ table: "History", remove: laneKey("main/pve1", operation) }]);
  await back();
  expect(await holders(b)).toEqual([]);
});
