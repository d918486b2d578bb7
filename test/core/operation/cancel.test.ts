import { expect, test } from "vitest";
import { connect } from "../../../core/cluster/index.ts";
import { parseUpid, stopTask } from "../../../core/proxmox/index.ts";
import * as Cancel from "../../../functions/api/operations/cancel.ts";
import * as Create from "../../../functions/api/vms/create.ts";
import type { Change } from "../../../core/db/index.ts";
import * as Operation from "../../../core/operation/index.ts";
import { loadOperation } from "../../../core/operation/operation.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { held } from "../../kit/task.ts";
import { writesState, type Deed } from "../../kit/breaking.ts";
import { holding } from "../../kit/holding.ts";
import { Operation as Shape } from "../../kit/shape.ts";
import { invariants } from "../../kit/invariants.ts";

type Items = readonly { readonly state: string }[];
const count = (items: Items, ...states: readonly string[]) =>
  items.filter((item) => states.includes(item.state)).length;

const able = (b: Bench) =>
  Object.values(b.simulator.state.guests)
    .filter((guest) => guest.config.template !== "1" && !guest.config.name?.startsWith("raw"))
    .map((guest) => guest.vmid);

const cancel = (b: Bench, operation: string, body: Record<string, unknown> = {}) =>
  b.call(Cancel, { path: { operation }, body });

const runningTasks = (b: Bench) => Object.values(b.simulator.state.tasks).filter((task) => !task.endtime);

/** Fifteen nodes with four slots each, so that sixty snapshots of five hundred run at once. */
async function busy() {
  const b = await bench({ nodes: 15, guests: 560, speed: 0.02 });
  const id = await b.snapshots(able(b).slice(0, 500));
  await b.run(20_000, async () => runningTasks(b).length === 60);
  expect(runningTasks(b)).toHaveLength(60);
  return { b, id };
}

test("F58: of 500 with 60 running, those that run finish and the others are cancelled", async () => {
  const { b, id } = await busy();
  expect(await cancel(b, id)).toMatchObject({ status: 202 });
  await b.live(id, 120);
  const items = await invariants(b, id);
  expect([items.length, count(items, "succeeded", "cancelled")]).toEqual([500, 500]);
  expect(count(items, "succeeded")).toBeGreaterThanOrEqual(60);
  expect(count(items, "cancelled")).toBeGreaterThanOrEqual(430);
  expect(b.requests("POST", "/snapshot")).toBe(count(items, "succeeded"));
  expect(b.requests("DELETE", "/tasks/{upid}")).toBe(0);
});

test("F58: of 500 with 60 running, those that run are stopped on demand", async () => {
  const { b, id } = await busy();
  const began = b.clock.now().getTime();
  expect(await cancel(b, id, { running: "stop" })).toMatchObject({ status: 202 });
  await b.run(60_000, async () => (await loadOperation(b.world, id))?.state !== "open");
  expect(b.clock.now().getTime() - began).toBeLessThan(60_000);
  await b.live(id);
  const items = await invariants(b, id);
  expect(count(items, "succeeded", "cancelled")).toBe(500);
  const stopped = items.filter((item) => item.upid !== null && item.state === "cancelled");
  expect(stopped.length).toBeGreaterThanOrEqual(50);
  for (const item of stopped) {
    expect(item.error?.code).toBe("operation.stopped");
    expect(item.reason).toContain("received interrupt");
  }
});

test("F58: an operation that is cancelled before a worker has written its items asks nothing of Proxmox", async () => {
  const b = await bench({ guests: 300 });
  const id = await b.snapshots(able(b).slice(0, 250));
  expect(await cancel(b, id)).toMatchObject({ status: 202 });
  await b.live(id);
  const items = await invariants(b, id);
  expect(count(items, "cancelled")).toBe(250);
  expect(b.requests("POST", "/snapshot")).toBe(0);
  expect(await loadOperation(b.world, id)).toMatchObject({ state: "cancelled" });
});

test.for([40, 120, 200, 250])(
  "F58: a cancellation that comes while item %i is being written ends all that has not begun",
  async (cursor) => {
    const b = await bench({ guests: 300 });
    const id = await b.snapshots(able(b).slice(0, 250));
    const writes = (change: Change) => "set" in change && change.set?.["cursor"] === cursor;
    const slow = holding(b.world, (changes) => changes.some(writes));
    const message = { v: 1, kind: "expand", operation: id };
    const expansion = Operation.expand(slow.world, message);
    await b.clock.until(slow.reached);
    await cancel(b, id);
    await b.run(2000);
    slow.letThrough();
    await b.clock.until(expansion);
    await b.live(id);
    const items = await invariants(b, id);
    expect(count(items, "cancelled", "succeeded")).toBe(250);
    // A node's first four at most had begun, on each of three nodes.
    expect(count(items, "cancelled")).toBeGreaterThanOrEqual(250 - 12);
  },
);

test("F58: a cancellation whose message is lost is carried out by the sweeper", async () => {
  const b = await bench({ guests: 300, speed: 0.02 });
  const id = await b.snapshots(able(b).slice(0, 250));
  await b.run(5000);
  await cancel(b, id, { running: "stop" });
  b.queues.purge("Expand");
  await b.live(id);
  const items = await invariants(b, id);
  expect(count(items, "cancelled")).toBeGreaterThan(200);
});

const steps: Readonly<Record<string, (deed: Deed) => boolean>> = {
  "stops a lane": (deed) => deed.port === "write" && JSON.stringify(deed).includes('"stopped":true'),
  "cancels a chunk": (deed) => deed.port === "write" && JSON.stringify(deed).includes('"cancelled":40'),
  "marks a task": (deed) => deed.port === "write" && JSON.stringify(deed).includes('"set":{"haltAt":"'),
  "has tasks stopped": (deed) => deed.port === "send" && deed.queue === "Item",
  "stops a task": (deed) => deed.port === "request" && deed.method === "DELETE",
  "settles an item": writesState("cancelled"),
};

test.for(Object.keys(steps).flatMap((step) => [[step, "before"] as const, [step, "after"] as const]))(
  "F58: a worker that dies as it %s (%s) leaves nothing undone",
  async ([step, when]) => {
    const b = await bench({ guests: 200, speed: 0.02 });
    const id = await b.snapshots(able(b).slice(0, 170));
    await b.run(5000);
    let struck = 0;
    b.broken.on((deed) => steps[step]?.(deed) === true && ++struck > 0, when, { times: 2 });
    await cancel(b, id, { running: "stop" });
    await b.live(id);
    expect(struck).toBeGreaterThan(0);
    const items = await invariants(b, id);
    expect(count(items, "cancelled", "succeeded")).toBe(170);
    expect(count(items, "cancelled")).toBeGreaterThan(150);
  },
);

test("F58: items that wait for a lock are cancelled at once, and not only when it is gone", async () => {
  const b = await bench();
  held(b, 102);
  const id = await b.snapshots([102]);
  await b.run(120_000, async () => {
    const { state, attempts } = await b.item(id);
    return state === "queued" && attempts > 2;
  });
  expect(await b.item(id)).toMatchObject({ state: "queued", blockedAt: expect.any(String), free: true });
  await cancel(b, id);
  await b.run(5000);
  expect(count(await b.items(id), "cancelled")).toBe(1);
  await b.live(id);
  await invariants(b, id);
});

test("F58: a snapshot that is cut off half made fails, with the command that puts it right", async () => {
  const b = await bench();
  const guest = b.simulator.state.guests["102"];
  if (!guest) throw new Error("no guest");
  guest.stuck = true;
  const id = await b.snapshots([102]);
  await b.run(30_000);
  await cancel(b, id, { running: "stop" });
  await b.live(id);
  const [item] = await invariants(b, id);
  expect(item).toMatchObject({ state: "failed", error: { code: "task.interrupted" } });
  expect(item?.reason).toMatch(/on pve\d run: qm unlock 102; qm delsnapshot 102 \S+ --force$/);
});

test("cancelling twice does no harm, and what was to finish may be stopped later but not the other way round", async () => {
  const b = await bench({ speed: 0.01 });
  const id = await b.snapshots(able(b).slice(0, 20));
  await b.run(5000);
  await cancel(b, id);
  await b.run(20_000);
  expect(b.requests("DELETE", "/tasks/{upid}")).toBe(0);
  await cancel(b, id, { running: "stop" });
  await cancel(b, id);
  expect(await loadOperation(b.world, id)).toMatchObject({ stopRunning: true });
  await b.live(id);
  const items = await invariants(b, id);
  expect(count(items, "cancelled")).toBe(20);
});

test("a task that was found, not answered, may be somebody else's: it is never stopped", async () => {
  const b = await bench({ speed: 0.01 });
  const id = await b.snapshots([102]);
  b.broken.on(writesState("sent"), "before");
  await b.run(300_000, async () => (await b.item(id)).adopted);
  expect(await b.item(id)).toMatchObject({ adopted: true, state: "sent" });
  await cancel(b, id, { running: "stop" });
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded" }]);
  expect(b.requests("DELETE", "/tasks/{upid}")).toBe(0);
});

test("a task that Proxmox does not stop goes on, its item says so, and it ends with the truth", async () => {
  const b = await bench({ speed: 0.01 });
  const match = { method: "DELETE", path: "/nodes/*/tasks/*" };
  b.simulator.faults.add({ match, do: "answer", status: 403, reason: "Permission check failed" });
  const id = await b.snapshots([102]);
  await b.run(5000);
  await cancel(b, id, { running: "stop" });
  await b.run(5000);
  expect(await b.item(id)).toMatchObject({
    state: "sent",
    reason: expect.stringContaining("could not be stopped"),
  });
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded" }]);
});

test("a task that fails by itself while it could not be stopped has failed, and was not cancelled", async () => {
  const b = await bench({ speed: 0.01 });
  const match = { method: "DELETE", path: "/nodes/*/tasks/*", times: 1 };
  b.simulator.faults.add({ match, do: "answer", status: 403, reason: "Permission check failed" });
  const id = await b.snapshots([102]);
  await b.run(5000);
  await cancel(b, id, { running: "stop" });
  await b.run(5000);
  const upid = parseUpid((await b.item(id)).upid);
  const proxmox = await connect(b.world, "main");
  if (upid) await b.clock.until(stopTask(proxmox, upid));
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "failed", error: { code: "task.interrupted" } }]);
});

test("another operation on the same nodes goes on when one is cancelled", async () => {
  const b = await bench({ guests: 200, speed: 0.1 });
  const [one, other] = [await b.snapshots(able(b).slice(0, 90)), await b.snapshots(able(b).slice(90, 120))];
  await b.run(10_000);
  await cancel(b, one, { running: "stop" });
  await b.live(one);
  await b.live(other);
  await invariants(b, one);
  expect(count(await invariants(b, other), "succeeded")).toBe(30);
});

test("a worker that ends very many items stops in time and leaves the rest to the next one", async () => {
  const b = await bench({ guests: 500 });
  const id = await b.snapshots(able(b).slice(0, 450));
  await b.run(2000);
  await cancel(b, id);
  b.queues.purge("Expand");
  const write: typeof b.world.store.write = async (changes) => {
    await b.clock.sleep(8000);
    await b.world.store.write(changes);
  };
  const slow = { ...b.world, store: { ...b.world.store, write } };
  const began = b.clock.now().getTime();
  await b.clock.until(Operation.expand(slow, { v: 1, kind: "expand", operation: id }));
  expect(b.clock.now().getTime() - began).toBeLessThan(60_000);
  expect(await loadOperation(b.world, id)).toMatchObject({ state: "open" });
  expect(b.queues.depth("Expand")).toMatchObject({ visible: 1 });
  await b.live(id);
  await invariants(b, id);
});

test("a stopped task whose guest cannot be looked at right then ends as cancelled all the same", async () => {
  const b = await bench({ speed: 0.01 });
  const id = await b.snapshots([102]);
  await b.run(30_000);
  const match = { method: "GET", path: "/nodes/*/tasks/*/status", times: 1 };
  b.simulator.faults.add({ match, do: "answer", status: 500, reason: "not now" });
  await cancel(b, id, { running: "stop" });
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "cancelled", halted: true }]);
});

const GIB = 1024 ** 3;

/** A guest that is being made, and is to be started then. */
async function making(b: Bench) {
  const disks = [{ storage: "local-lvm", sizeBytes: GIB }];
  const body = { name: "web-07", vmid: 4207, node: "pve1", memoryBytes: GIB, disks, start: true };
  const answer = await b.call(Create, { path: { cluster: "main" }, body });
  expect(answer).toMatchObject({ status: 202 });
  return Shape.parse(answer.json).id;
}

test("an item with steps behind it goes on to its end, so that no guest is left half made", async () => {
  const b = await bench({ speed: 0.05 });
  const id = await making(b);
  await b.run(600_000, async () => (await b.item(id)).step > 0);
  expect(b.simulator.state.guests["4207"]?.status).toBe("stopped");
  await cancel(b, id, { running: "stop" });
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded" }]);
  expect(b.simulator.state.guests["4207"]?.status).toBe("running");
});

test("a guest whose making is stopped is not there afterwards, and what was kept for it is free", async () => {
  const b = await bench({ speed: 0.01 });
  const id = await making(b);
  await b.run(30_000, async () => (await b.item(id)).state === "sent");
  await cancel(b, id, { running: "stop" });
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "cancelled" }]);
  expect(b.simulator.state.guests["4207"]).toBeUndefined();
});
