import { expect, test } from "vitest";
import { due, expiryChange, forget, later } from "../../../core/snapshot/expiry.ts";
import { smallWorld } from "../world.ts";

const at = (text: string) => new Date(`2026-11-23T${text}Z`);

test("what is due comes in the order of its time, so many at once, and nothing that is not due", async () => {
  const { world, store } = smallWorld();
  for (const [vmid, time] of [
    [103, "11:59:59"],
    [101, "10:00:00"],
    [102, "11:00:00"],
    [104, "12:00:01"],
  ] as const)
    await store.write([expiryChange({ cluster: "main", vmid }, "nightly", at(time))]);
  await store.write([expiryChange({ cluster: "other", vmid: 109 }, "nightly", at("10:00:00"))]);
  expect((await due(world, "main", 10)).map((row) => row.vmid)).toEqual([101, 102, 103]);
  expect((await due(world, "main", 2)).map((row) => row.vmid)).toEqual([101, 102]);
  expect((await due(world, "other", 2)).map((row) => row.vmid)).toEqual([109]);
});

test("an entry that is put off comes up again at the new time, once, and still says when it was due", async () => {
  const { world, store, clock } = smallWorld();
  await store.write([expiryChange({ cluster: "main", vmid: 101 }, "nightly", at("10:00:00"))]);
  const [row] = await due(world, "main", 10);
  if (!row) throw new Error("nothing is due");
  await store.write(later(row, at("13:00:00")).changes);
  expect(await due(world, "main", 10)).toEqual([]);
  await clock.advance(2 * 3_600_000);
  const again = await due(world, "main", 10);
  expect(again).toMatchObject([{ vmid: 101, name: "nightly", at: at("10:00:00").toISOString() }]);
  await store.write(again.map(forget));
  expect(store.dump()).toEqual([]);
});
