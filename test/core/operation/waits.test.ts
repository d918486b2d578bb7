import { expect, test } from "vitest";
import * as Operation from "../../../core/operation/index.ts";
import { lockGuest } from "../../../core/operation/guest-lock.ts";
import { itemKey } from "../../../core/operation/item.ts";
import { everyLane } from "../../../core/operation/lane.ts";
import { loadNode } from "../../../core/operation/node.ts";
import { operationKey } from "../../../core/operation/operation.ts";
import { ready } from "../../../core/operation/ready.ts";
import { sendStrays } from "../../../core/operation/stray.ts";
import { effects } from "../../../core/work/index.ts";
import { bench } from "../../kit/bench.ts";
import { itemMessage } from "../../kit/message.ts";

const LANE = "main/pve1";
const LEASE = 90_000;

/** A snapshot that was put off for a minute, without a slot, and whose message is lost. */
async function putOff() {
  const b = await bench();
  const id = await b.snapshots([101]);
  b.queues.purge("Item");
  const dueAt = new Date(b.clock.now().getTime() + 60_000).toISOString();
  const { version } = await loadNode(b.world, LANE);
  await b.store.write([
    { table: "History", update: itemKey(id, 0), set: { fence: 2, free: true, dueAt } },
    {
      table: "Runtime",
      update: { pk: "node#main", sk: "pve1" },
      set: { running: [], version: version + 1 },
    },
  ]);
  return { b, id };
}

test("J: an older message of an item that waits does not begin it, until its own is surely lost", async () => {
  const { b, id } = await putOff();
  const before = await b.item(id);
  const old = [undefined, 1].map((seen) => itemMessage(id, [0], seen));
  const deliver = async () => {
    for (const message of old) await b.clock.until(Operation.work(b.world, message, effects));
  };
  await deliver();
  await b.clock.advance(60_000 + LEASE - 1000);
  await deliver();
  expect(await b.item(id)).toEqual(before);
  await b.clock.advance(1000);
  await deliver();
  expect((await b.item(id)).fence).toBeGreaterThan(before.fence);
  await b.live(id);
  expect(b.requests("POST", "/snapshot")).toBe(1);
});

test("J: the sweeper sends an item that waits again only once its own message is surely lost", async () => {
  const { b } = await putOff();
  const strays = async () => sendStrays(b.world, LANE, await everyLane(b.world, LANE));
  await b.clock.advance(60_000 + LEASE - 1000);
  await strays();
  expect(b.queues.depth("Item").visible).toBe(0);
  await b.clock.advance(1000);
  await strays();
  expect(b.queues.depth("Item").visible).toBe(1);
});

test("J: an operation whose message may still come is not sent again by the sweeper for half a minute", async () => {
  const b = await bench({ guests: 100 });
  const able = Object.values(b.simulator.state.guests).filter(({ config }) => config.template !== "1");
  await b.snapshots(able.slice(0, 60).map(({ vmid }) => vmid));
  b.queues.purge("Expand");
  await b.clock.advance(29_000);
  await b.sweep();
  expect(b.queues.depth("Expand").visible).toBe(0);
  await b.clock.advance(1000);
  await b.sweep();
  expect(b.queues.depth("Expand").visible).toBe(1);
});

test("J: what comes before an older order of its guest keeps its slot for three short waits, and gives it up then", async () => {
  const b = await bench();
  await b.snapshots([101], { name: "one" });
  b.queues.purge("Item");
  await b.clock.advance(1);
  const second = await b.snapshots([101], { name: "two" });
  const seen = new Map<number, boolean>();
  await b.run(15_000, async () => {
    const { fence, free } = await b.item(second);
    seen.set(fence, free);
    return fence > 3;
  });
  expect([...seen]).toEqual([
    [1, false],
    [2, false],
    [3, false],
    [4, true],
  ]);
});

test("J: a worker whose clock is up to two minutes ahead takes nobody's place in the line of a guest", async () => {
  const b = await bench({ speed: 0.001 });
  await b.snapshots([101], { name: "one" });
  await b.run(100);
  const second = await b.snapshots([101], { name: "two" });
  await b.run(200);
  const lock = { pk: "guest#main/101", sk: "lock" };
  const line = async () => (await b.store.get("Runtime", lock))?.["line"];
  const place = { holder: `${second}/0`, until: b.clock.now().getTime() + 480_000 };
  await b.store.write([{ table: "Runtime", update: lock, set: { line: [place] } }]);
  const ahead = (ms: number) => ({
    ...b.world,
    clock: { ...b.clock, now: () => new Date(place.until + ms) },
  });
  const nobody = async () => undefined;
  await lockGuest(ahead(119_000), "main/101", "op_z1/0", nobody);
  expect(await line()).toContainEqual(place);
  await lockGuest(ahead(120_000), "main/101", "op_z2/0", nobody);
  expect(await line()).not.toContainEqual(place);
});

test("J: an operation that counts its failures and was stopped starts nothing more on any node", async () => {
  const b = await bench({ guests: 40 });
  const here = Object.values(b.simulator.state.guests).filter(
    ({ node, config }) => node === "pve1" && config.template !== "1" && !config.name?.startsWith("raw"),
  );
  const vmids = here.slice(0, 6).map(({ vmid }) => vmid);
  const id = await b.snapshots(vmids, { maxErrors: 3 });
  const lanes = await everyLane(b.world, LANE);
  expect((await ready(b.world, lanes, [])).starts).toHaveLength(2);
  const stop = "more than 3 items failed";
  await b.store.write([{ table: "History", update: operationKey(id), set: { stop } }]);
  const { starts, stopped } = await ready(b.world, lanes, []);
  expect([starts, stopped]).toMatchObject([[], [{ reason: stop }]]);
});
