import { expect, test } from "vitest";
import { loadRange } from "../../core/operation/item.ts";
import { release, reserveAll } from "../../core/operation/pool.ts";
import { bench } from "../kit/bench.ts";
import { smallWorld } from "./world.ts";

const pool = (size: number, name = "pool") => ({ name, size });

const held = async ({ store }: ReturnType<typeof smallWorld>, name = "pool") =>
  (await store.query({ table: "Runtime", pk: `slot#${name}` })).map((row) => row["holder"]);

test("no more slots are held than the pool has, and a holder has one at most", async () => {
  const small = smallWorld();
  const holders = ["a/1", "a/1", "b/1", "c/1", "a/1", "d/1"];
  const taken = await Promise.all(holders.map((holder) => reserveAll(small.world, [pool(2)], holder)));
  const slots = await held(small);
  expect(slots).toHaveLength(2);
  expect(new Set(slots).size).toBe(2);
  for (const [index, holder] of holders.entries()) expect(taken[index]).toBe(slots.includes(holder));
});

test("a slot that is given back is free; giving back what another holds changes nothing", async () => {
  const { world } = smallWorld();
  await reserveAll(world, [pool(1)], "a/1");
  await release(world, [pool(1)], "b/1");
  expect(await reserveAll(world, [pool(1)], "b/1")).toBe(false);
  await release(world, [pool(1)], "a/1");
  expect(await reserveAll(world, [pool(1)], "b/1")).toBe(true);
});

test("J: the slot of a holder that cannot be read is taken over once its lease has passed, and not before", async () => {
  const { world, clock } = smallWorld();
  await reserveAll(world, [pool(1)], "a/1");
  await clock.advance(world.settings.leaseSeconds * 1000);
  expect(await reserveAll(world, [pool(1)], "b/1")).toBe(false);
  await clock.advance(1);
  expect(await reserveAll(world, [pool(1)], "b/1")).toBe(true);
});

test("J: the slot of an item that has not ended is never taken over, however long it has it", async () => {
  const b = await bench();
  const id = await b.snapshots([101]);
  await reserveAll(b.world, [pool(1)], `${id}/0`);
  await b.clock.advance(86_400_000);
  expect(await reserveAll(b.world, [pool(1)], "b/1")).toBe(false);
});

test("of several pools all are taken or none", async () => {
  const small = smallWorld();
  await reserveAll(small.world, [pool(1, "second")], "a/1");
  expect(await reserveAll(small.world, [pool(1, "first"), pool(1, "second")], "b/1")).toBe(false);
  expect(await held(small, "first")).toEqual([]);
});

test("the items of holders are read although one of them holds two slots", async () => {
  const b = await bench();
  const id = await b.snapshots([101]);
  expect(await loadRange(b.world, [`${id}/0`, `${id}/0`, `${id}/7`])).toHaveLength(1);
});
