import { expect, test } from "vitest";
import * as Cancel from "../../../functions/api/operations/cancel.ts";
import { itemKey } from "../../../core/operation/item.ts";
import { bench } from "../../kit/bench.ts";

test("B5: lockWait 7s is seven seconds where another change of the guest has it", async () => {
  const b = await bench({ speed: 0.001 });
  await b.snapshots([102], { name: "one" });
  await b.run(1000);
  const id = await b.snapshots([102], { name: "two", lockWait: "7s" });
  const began = b.clock.now().getTime();
  await b.settle(id);
  const [item] = await b.items(id);
  expect(item).toMatchObject({ state: "failed", error: { code: "vm.locked" } });
  expect(item?.reason).toContain("another change of main/102 is under way");
  const seconds = (b.clock.now().getTime() - began) / 1000;
  expect(seconds).toBeGreaterThanOrEqual(7);
  expect(seconds).toBeLessThan(10);
});

test("J: a cancellation ends no item that waits with a step behind it", async () => {
  const b = await bench();
  const id = await b.snapshots([102]);
  b.queues.purge("Item");
  await b.store.write([{ table: "History", update: itemKey(id, 0), set: { step: 1, fence: 1 } }]);
  await b.call(Cancel, { path: { operation: id }, body: {} });
  await b.run(10_000);
  expect(await b.item(id)).toMatchObject({ state: "queued", step: 1 });
});
