import { expect, test } from "vitest";
import { bench } from "../../kit/bench.ts";
import { engine } from "../../kit/engine.ts";
import { invariants } from "../../kit/invariants.ts";

const states = (items: readonly { state: string }[]) => [...new Set(items.map((item) => item.state))];

const message = (operation: string, n: number) => JSON.stringify({ v: 1, kind: "item", operation, n });

test("F01 and F37: every message delivered twice at once, to workers and watchers, makes each snapshot once", async () => {
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

test("F02 and F39: old messages of what has ended ask Proxmox for nothing", async () => {
  const b = await bench();
  const id = await b.snapshots([101, 102]);
  await b.live(id);
  const before = b.simulator.counters().total.requests;
  for (let copy = 0; copy < 100; copy++) b.queues.send("Item", message(id, copy % 2));
  await b.run(600_000);
  expect(b.simulator.counters().total.requests).toBe(before);
  await invariants(b, id);
});

test("F39: a message that comes after the deadline fails its item, and makes no snapshot", async () => {
  const b = await bench();
  const id = await b.snapshots([101], { deadline: "2m" });
  b.queues.purge("Item");
  await b.clock.advance(180_000);
  b.queues.send("Item", message(id, 0));
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "failed", error: { code: "operation.deadline" } }]);
  expect(b.requests("POST", "/snapshot")).toBe(0);
});

test("F03 and F25: two operations on one guest follow each other, whichever message comes first", async () => {
  const b = await bench();
  const first = await b.snapshots([101], { name: "one-{vmid}" });
  const second = await b.snapshots([101], { name: "two-{vmid}" });
  b.queues.purge("Item");
  b.queues.send("Item", message(second, 0));
  b.queues.send("Item", message(first, 0));
  await b.live(first);
  await b.live(second);
  expect(states([...(await invariants(b, first)), ...(await invariants(b, second))])).toEqual(["succeeded"]);
  expect(Object.keys(b.simulator.dump().guests[101]?.snapshots ?? {}).toSorted()).toEqual([
    "one-101",
    "two-101",
  ]);
});

test.each(["before", "after"] as const)(
  "F34 and F35: what is accepted is answered so and done, though the first messages fail (%s)",
  async (when) => {
    const b = await bench();
    b.broken.on((deed) => deed.port === "send", when, { times: 3 });
    const id = await b.snapshots([101, 102, 103, 104]);
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
  await b.settle(id, 1);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  await b.run(3 * 3_600_000);
  expect(b.queues.depth("Dead").visible).toBe(9);
});

test("F41: workers whose clocks differ by two minutes do nothing twice", async () => {
  const b = await bench();
  const clock = { ...b.clock, now: () => new Date(b.clock.now().getTime() + 120_000) };
  const ahead = engine({ ...b.broken.world, clock }, b);
  b.broken.twice(
    () => true,
    () => 1,
  );
  const id = await b.snapshots([101, 102, 103, 104, 105]);
  for (let turn = 0; turn < 60; turn++) await (turn % 2 === 0 ? ahead : b).run(1000);
  b.broken.twice(
    () => false,
    () => 0,
  );
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(5);
});
