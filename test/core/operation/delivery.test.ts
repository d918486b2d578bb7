import { expect, test } from "vitest";
import { ItemMessage } from "../../../core/operation/message.ts";
import { loadNode } from "../../../core/operation/node.ts";
import * as CancelRoute from "../../../functions/api/operations/cancel.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { itemMessage } from "../../kit/message.ts";

const states = (items: readonly { state: string }[]) => [...new Set(items.map((item) => item.state))];

const messageOf = (operation: string, numbers: readonly number[]) =>
  JSON.stringify(itemMessage(operation, numbers));

/** The messages that were ever sent to a queue. */
const sent = (b: Bench, queue: string) =>
  b.broken.deeds.flatMap((deed) => (deed.port === "send" && deed.queue === queue ? deed.bodies : []));

test("F01: every message delivered twice at once, to workers and watchers, makes each snapshot once", async () => {
  const b = await bench();
  b.broken.twice(
    () => true,
    () => 0,
  );
  const id = await b.snapshots([101, 102, 103, 104, 105, 106, 107]);
  await b.settle(id);
  b.broken.twice(
    () => false,
    () => 0,
  );
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(7);
});

test("F37: of two watchers of one node one goes on, and one that is out of date asks Proxmox for nothing", async () => {
  const b = await bench();
  const id = await b.snapshots([101, 104, 107]);
  await b.run(100);
  for (const body of sent(b, "Follow")) for (let copy = 0; copy < 3; copy++) b.queues.send("Follow", body);
  for (let looks = 0; looks < 300 && b.requests("GET", "/tasks") === 0; looks++) await b.run(100);
  const { ticket } = await loadNode(b.world, "main/pve1");
  const lists = b.requests("GET", "/tasks");
  expect(ticket).not.toBe("");
  const stale = sent(b, "Follow").filter((body) => !body.includes(ticket));
  expect(stale.length).toBeGreaterThan(0);
  for (const body of stale) b.queues.send("Follow", body);
  await b.run(10);
  expect(b.requests("GET", "/tasks")).toBe(lists);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(3);
  expect(b.queues.depth("Follow")).toEqual({ visible: 0, delayed: 0, inFlight: 0 });
});

test("F02: the messages of what has ended, all of them once more, ask Proxmox for nothing", async () => {
  const b = await bench();
  const id = await b.snapshots([101, 102, 104, 105, 107]);
  await b.live(id);
  const before = b.simulator.counters().total.requests;
  for (const queue of ["Item", "Follow"] as const)
    for (const body of sent(b, queue)) b.queues.send(queue, body);
  b.queues.send("Expand", JSON.stringify({ v: 1, kind: "expand", operation: id }));
  await b.run(600_000);
  expect(b.simulator.counters().total.requests).toBe(before);
  await invariants(b, id);
});

test("F39: of 1 000 old start messages those of what has ended do nothing, and those too late make no snapshot", async () => {
  const b = await bench();
  const done = await b.snapshots([101, 102]);
  await b.live(done);
  const late = await b.snapshots([101, 102, 104, 105], { deadline: "2m", name: "late-{vmid}" });
  b.queues.purge("Item");
  await b.clock.advance(180_000);
  const posts = b.requests("POST", "/snapshot");
  for (let copy = 0; copy < 125; copy++) {
    for (const n of [0, 1]) b.queues.send("Item", messageOf(done, [n]));
    for (const n of [0, 1, 2, 3]) b.queues.send("Item", messageOf(late, [n]));
    b.queues.send("Item", messageOf(done, [0, 1]));
    b.queues.send("Item", messageOf(late, [3, 2, 1, 0]));
  }
  await b.live(late);
  const ends = await invariants(b, late);
  expect(ends.map(({ state, error }) => `${state} ${error?.code}`)).toEqual(
    ends.map(() => "failed operation.deadline"),
  );
  expect(states(await invariants(b, done))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(posts);
  expect(b.queues.depth("Dead").visible).toBe(0);
});

test("F39: a message that comes after the deadline fails its item, and makes no snapshot", async () => {
  const b = await bench();
  const id = await b.snapshots([101], { deadline: "2m" });
  b.queues.purge("Item");
  await b.clock.advance(180_000);
  b.queues.send("Item", messageOf(id, [0]));
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "failed", error: { code: "operation.deadline" } }]);
  expect(b.requests("POST", "/snapshot")).toBe(0);
});

/** The operations in the order in which Proxmox made their snapshots of one guest; none began before the last had ended. */
async function inOrder(b: Bench, operations: readonly string[]): Promise<string[]> {
  const sentAt = new Map<string, string>();
  for (const id of operations) {
    await b.live(id);
    expect(states(await invariants(b, id))).toEqual(["succeeded"]);
    sentAt.set(id, (await b.item(id)).sentAt ?? "");
  }
  const tasks = Object.values(b.simulator.state.tasks)
    .filter(({ type }) => type === "qmsnapshot")
    .toSorted((x, y) => x.starttime - y.starttime);
  expect(tasks.map(({ exitstatus }) => exitstatus)).toEqual(operations.map(() => "OK"));
  for (const [at, { starttime }] of tasks.slice(1).entries())
    expect(tasks[at]?.endtime).toBeLessThanOrEqual(starttime);
  return [...sentAt].toSorted(([, x], [, y]) => (x < y ? -1 : 1)).map(([id]) => id);
}

test("F03 and F25: two operations on one guest go in their order, though the later one's message comes first", async () => {
  const b = await bench();
  const first = await b.snapshots([101], { name: "one" });
  await b.clock.advance(1);
  const second = await b.snapshots([101], { name: "two" });
  b.queues.purge("Item");
  b.queues.send("Item", messageOf(second, [0]));
  await b.run(500);
  expect(b.requests("POST", "/snapshot")).toBe(0);
  b.queues.send("Item", messageOf(first, [0]));
  expect(await inOrder(b, [first, second])).toEqual([first, second]);
});

test("F03: an operation whose message is lost is still the first of its guest", async () => {
  const b = await bench();
  const first = await b.snapshots([101], { name: "one" });
  b.queues.purge("Item");
  await b.clock.advance(1);
  const second = await b.snapshots([101], { name: "two" });
  expect(await inOrder(b, [first, second])).toEqual([first, second]);
});

/** Two snapshots of one guest, the second of which waits for the first. */
async function oneBehindAnother(b: Bench) {
  const first = await b.snapshots([101], { name: "one" });
  await b.run(100);
  const second = await b.snapshots([101], { name: "two" });
  await b.run(200);
  expect(await b.item(second)).toMatchObject({ state: "queued", free: true });
  return { first, second };
}

test("F25: what comes just as a guest becomes free goes after what waits for it already", async () => {
  const b = await bench();
  const { first, second } = await oneBehindAnother(b);
  await b.settle(first);
  expect(await b.item(second)).toMatchObject({ state: "queued", free: true });
  const third = await b.snapshots([101], { name: "three" });
  expect(await inOrder(b, [first, second, third])).toEqual([first, second, third]);
});

test("F25: what waited for a guest and was cancelled holds up nobody behind it", async () => {
  const b = await bench();
  const { first, second } = await oneBehindAnother(b);
  await b.call(CancelRoute, { path: { operation: second } });
  const third = await b.snapshots([101], { name: "three" });
  expect(await inOrder(b, [first, third])).toEqual([first, third]);
  expect(states(await b.items(second))).toEqual(["cancelled"]);
});

test.each(["before", "after"] as const)(
  "F34 and F35: what is accepted is answered so and done, though the first messages fail (%s)",
  async (when) => {
    const b = await bench();
    b.broken.on((deed) => deed.port === "send", when, { times: 3 });
    const id = await b.snapshots([101, 102, 103, 104]);
    expect(await b.store.query({ table: "History", pk: "outbox" })).toMatchObject([{ sk: id }]);
    await b.live(id);
    expect(states(await invariants(b, id))).toEqual(["succeeded"]);
    expect(b.requests("POST", "/snapshot")).toBe(4);
  },
);

test("F35: an operation whose beginner died before anything was sent is begun by the sweeper", async () => {
  const b = await bench();
  b.broken.on(
    (deed) => deed.port === "write" && deed.changes.some((change) => change.table === "Runtime"),
    "before",
  );
  const id = await b.snapshots([101]);
  expect(b.requests("POST", "/snapshot")).toBe(0);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
});

test("F36: a lost watch message is replaced by the sweeper", async () => {
  const b = await bench();
  const id = await b.snapshots([101, 102]);
  await b.run(100);
  b.queues.purge("Follow");
  await b.run(120_000);
  expect(await b.item(id)).toMatchObject({ state: "sent" });
  const before = b.clock.now().getTime();
  await b.sweep();
  await b.settle(id, 5);
  expect(b.clock.now().getTime() - before).toBeLessThan(60_000);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
});

test("a lost item message is sent again", async () => {
  const b = await bench();
  const id = await b.snapshots([101, 102]);
  b.queues.purge("Item");
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
});

test("F38: messages that nobody can read end in the dead-letter queue and hold nothing up", async () => {
  const b = await bench();
  for (const body of ["not json", "{}", '{"v":99,"kind":"item","operation":"op_x","n":0}'])
    for (const queue of ["Item", "Follow", "Expand"]) b.queues.send(queue, body, { group: "main" });
  const id = await b.snapshots([101, 102]);
  // A good item beside one that nobody knows.
  const items = [{ operation: "op_x", n: 0 }, ...[0, 1].map((n) => ({ operation: id, n }))];
  b.queues.send("Item", JSON.stringify({ v: 2, kind: "item", items }));
  await b.settle(id, 1);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  await b.run(3 * 3_600_000);
  expect(b.queues.depth("Dead").visible).toBe(9);
});

test("a message names no more items than a worker has connections to a node", async () => {
  const b = await bench({ guests: 60 });
  Object.assign(b.broken.world.settings, { nodeCap: 10 });
  const vmids = Object.values(b.simulator.state.guests)
    .filter(
      ({ node, config }) => node === "pve1" && config.template !== "1" && !config.name?.startsWith("raw"),
    )
    .map(({ vmid }) => vmid);
  const id = await b.snapshots(vmids);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  const named = sent(b, "Item").map((body) => ItemMessage.parse(JSON.parse(body)).length);
  expect(Math.max(...named)).toBe(4);
});
