import { expect, test } from "vitest";
import type { World } from "../../../core/context.ts";
import type { Change } from "../../../core/db/index.ts";
import * as Operation from "../../../core/operation/index.ts";
import { itemKey } from "../../../core/operation/item.ts";
import { everyLane } from "../../../core/operation/lane.ts";
import { loadNode } from "../../../core/operation/node.ts";
import { sendStrays } from "../../../core/operation/stray.ts";
import { effects } from "../../../core/work/index.ts";
import * as PowerRoute from "../../../functions/api/bulk/power.ts";
import * as Cancel from "../../../functions/api/operations/cancel.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { writesState } from "../../kit/breaking.ts";
import { holding } from "../../kit/holding.ts";
import { invariants } from "../../kit/invariants.ts";
import { itemMessage } from "../../kit/message.ts";
import { Operation as Shape } from "../../kit/shape.ts";
import { appearing, fail } from "../../kit/task.ts";

const MINUTE = 60_000;

const sets = (state: string) => (changes: readonly Change[]) =>
  changes.some((change) => "set" in change && change.set?.["state"] === state);

const count = (items: readonly { readonly state: string }[], state: string) =>
  items.filter((item) => item.state === state).length;

const able = (b: Bench, node?: string) =>
  Object.values(b.simulator.state.guests)
    .filter((guest) => node === undefined || guest.node === node)
    .filter(({ config }) => config.template !== "1" && !config.name?.startsWith("raw"))
    .map(({ vmid }) => vmid);

const cancel = (b: Bench, operation: string, body: Record<string, unknown> = {}) =>
  b.call(Cancel, { path: { operation }, body });

test("J: an item of which nobody knows how it ended counts among the errors of maxErrors", async () => {
  const b = await bench({ mode: "off", guests: 40 });
  b.simulator.faults.add({ match: { method: "POST", path: "/nodes/*/status/reboot" }, do: "cut-before" });
  const running = Object.values(b.simulator.state.guests).filter(({ status }) => status === "running");
  const vmids = running.map(({ vmid }) => vmid).slice(0, 8);
  const body = { select: { vmids }, action: "reboot", maxErrors: 1, maxConcurrency: 1 };
  const { id } = Shape.parse((await b.call(PowerRoute, { body })).json);
  await b.live(id);
  const items = await invariants(b, id);
  expect(count(items, "unknown")).toBe(2);
  expect(count(items, "cancelled")).toBeGreaterThan(2);
  expect(b.requests("POST", "/status/reboot")).toBe(2);
});

/** A worker that stands still before it puts an item back into the queue, since another operation has its guest. */
async function puttingOff() {
  const b = await bench({ speed: 0.01 });
  await b.snapshots([101], { name: "first" });
  await b.run(1000);
  const id = await b.snapshots([101], { name: "second" });
  b.queues.purge("Item");
  const slow = holding(b.world, sets("queued"));
  const message = itemMessage(id);
  const late = Operation.work(slow.world, message, effects);
  await b.clock.until(slow.reached);
  return { b, id, slow, late };
}

test("J: an item that was cancelled while its worker stood still is not put back into the queue", async () => {
  const { b, id, slow, late } = await puttingOff();
  await cancel(b, id);
  await b.run(2000, async () => (await b.item(id)).state === "cancelled");
  slow.letThrough();
  await b.clock.until(late);
  expect(await b.item(id)).toMatchObject({ state: "cancelled" });
  await b.live(id);
  expect(count(await invariants(b, id), "cancelled")).toBe(1);
});

const leaves = (changes: readonly Change[]) =>
  changes.some((change) => "remove" in change && change.remove.pk === "outbox");

test("J: a cancellation that comes while the expansion leaves the outbox stays there until it is carried out", async () => {
  const b = await bench({ guests: 300, speed: 0.02 });
  const id = await b.snapshots(able(b).slice(0, 250));
  const slow = holding(b.world, leaves);
  const expansion = Operation.expand(slow.world, { v: 1, kind: "expand", operation: id });
  await b.clock.until(slow.reached);
  await b.clock.advance(1000);
  await cancel(b, id);
  b.queues.purge("Expand");
  slow.letThrough();
  await b.clock.until(expansion);
  expect(await b.store.query({ table: "History", pk: "outbox" })).toMatchObject([{ sk: id }]);
  await b.clock.advance(MINUTE);
  await b.sweep();
  await b.run(MINUTE);
  expect(count(await b.items(id), "cancelled")).toBeGreaterThan(200);
  expect(await b.store.query({ table: "History", pk: "outbox" })).toEqual([]);
});

test("J: what the task of a lost request has left half made is told at once, since that task is known", async () => {
  const b = await bench();
  b.simulator.inflict({ do: "fsfreeze-stuck", vmid: 102 });
  b.broken.on(writesState("sent"), "before");
  const id = await b.snapshots([102]);
  const { upid } = await appearing(b, "qmsnapshot");
  await fail(b, upid, "interrupted by signal");
  await b.run(5 * MINUTE);
  const [item] = await b.items(id);
  expect(item).toMatchObject({ state: "failed", attempts: 1, upid });
  expect(item?.reason).toContain("half made");
});

/** A snapshot whose answer got lost, and of which nothing can be learnt from then on. */
async function unanswered(hide: (b: Bench) => void) {
  const b = await bench();
  b.simulator.faults.add({ match: { method: "POST", path: "/nodes/*/snapshot" }, do: "cut-after" });
  const id = await b.snapshots([101], { deadline: "10m" });
  await b.run(MINUTE, async () => (await b.item(id)).state === "intent");
  hide(b);
  return { b, id };
}

const times = (b: Bench) => {
  for (const path of ["/nodes/*/tasks*", "/nodes/*/snapshot", "/nodes/*/config"])
    b.simulator.faults.add({
      match: { method: "GET", path },
      do: "answer",
      status: 596,
      reason: "Connection timed out",
    });
};

test("J: a request of which nothing can be learnt is given up an hour after the deadline, and not before", async () => {
  const { b, id } = await unanswered(times);
  await b.run(69 * MINUTE);
  expect(await b.item(id)).toMatchObject({ state: "intent" });
  await b.run(5 * MINUTE);
  expect(await b.item(id)).toMatchObject({ state: "unknown", error: { code: "proxmox.no-answer" } });
});

test("J: a request to a node that is away is given up soon after the deadline", async () => {
  const { b, id } = await unanswered(({ simulator }) => {
    simulator.setNode(simulator.state.guests[101]?.node ?? "", { online: false });
  });
  await b.run(9 * MINUTE);
  expect(await b.item(id)).toMatchObject({ state: "intent" });
  await b.run(5 * MINUTE);
  expect(await b.item(id)).toMatchObject({ state: "unknown", error: { code: "proxmox.no-answer" } });
});

/** A request whose UPID nobody kept and that holds no slot, on a node whose slots others have. */
async function crowded() {
  const b = await bench({ guests: 40, speed: 0.001 });
  const [vmid = 0, ...others] = able(b, "pve1");
  const id = await b.snapshots([vmid]);
  b.queues.purge("Item");
  const lane = "main/pve1";
  const row = await loadNode(b.world, lane);
  const sentAt = b.clock.now().toISOString();
  await b.store.write([
    {
      table: "Runtime",
      update: { pk: "node#main", sk: "pve1" },
      set: { running: [], version: row.version + 1 },
    },
    { table: "History", update: itemKey(id, 0), set: { state: "intent", fence: 1, attempts: 1, sentAt } },
  ]);
  await b.snapshots(others.slice(0, 4), { name: "others" });
  await b.clock.advance(3 * MINUTE);
  const sent: string[] = [];
  const world: World = {
    ...b.world,
    queue: {
      ...b.world.queue,
      send: async (queue, messages) => {
        if (queue === "Item") sent.push(...messages.map(({ body }) => body));
      },
    },
  };
  const strays = async () => sendStrays(world, lane, await everyLane(world, lane));
  return { b, id, lane, sent, strays };
}

test("J: a request that nobody watches is gone on with once its node has a slot for it, and not before", async () => {
  const { b, id, lane, sent, strays } = await crowded();
  const holders = async () => (await loadNode(b.world, lane)).running.map(({ holder }) => holder);
  await strays();
  expect(sent.filter((body) => body.includes(id))).toEqual([]);
  expect(await holders()).not.toContain(`${id}/0`);
  const row = await loadNode(b.world, lane);
  const running = row.running.slice(1);
  const update = { pk: "node#main", sk: "pve1" };
  await b.store.write([{ table: "Runtime", update, set: { running, version: row.version + 1 } }]);
  await strays();
  expect(sent.filter((body) => body.includes(id))).toHaveLength(1);
  expect(await holders()).toContain(`${id}/0`);
});
