import { expect, test } from "vitest";
import * as Operation from "../../../core/operation/index.ts";
import { effects } from "../../../core/work/index.ts";
import { bench } from "../../kit/bench.ts";
import { writesState, type Deed } from "../../kit/breaking.ts";
import { invariants } from "../../kit/invariants.ts";

const states = (items: readonly { state: string }[]) => items.map((item) => item.state);

const releases = (deed: Deed) =>
  deed.port === "write" && deed.changes.some((change) => "remove" in change && change.table === "Runtime");

const lanes = (deed: Deed) =>
  deed.port === "write" &&
  deed.changes.some(
    (change) =>
      ("remove" in change && change.remove.pk.startsWith("lane#")) ||
      ("update" in change && change.update.sk === "operation" && JSON.stringify(change).includes('"closed.')),
  );

const finishes = (deed: Deed) =>
  deed.port === "write" &&
  deed.changes.some(
    (change) =>
      "update" in change && change.update.sk === "operation" && change.set?.["finishedAt"] !== undefined,
  );

const requeues = (deed: Deed) =>
  deed.port === "send" && deed.queue === "Item" && deed.bodies.some((body) => body.includes('"seen"'));

test("F04: a worker that dies before it stores its intent is replaced, and the snapshot is made once", async () => {
  const b = await bench();
  b.broken.on(writesState("intent"), "before");
  const id = await b.snapshots([101]);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(1);
});

test("F05: a worker that dies between intent and request leaves nothing behind, and it is asked once", async () => {
  const b = await bench();
  b.broken.on(writesState("intent"), "after");
  const id = await b.snapshots([101]);
  await b.live(id);
  const [item] = await invariants(b, id);
  expect(item).toMatchObject({ state: "succeeded", attempts: 2 });
  expect(b.requests("POST", "/snapshot")).toBe(1);
});

test("F06: a worker that dies with the UPID in its hand is replaced by one that finds the task", async () => {
  const b = await bench();
  b.broken.on(writesState("sent"), "before");
  const id = await b.snapshots([101]);
  await b.live(id);
  const [item] = await invariants(b, id);
  expect(item).toMatchObject({ state: "succeeded", attempts: 1 });
  expect(item?.upid).toContain("qmsnapshot");
  expect(b.requests("POST", "/snapshot")).toBe(1);
});

test("a worker that dies after it stored the UPID leaves a node that is still watched", async () => {
  const b = await bench();
  b.broken.on(writesState("sent"), "after");
  b.broken.on((deed) => deed.port === "send" && deed.queue === "Follow", "before");
  const id = await b.snapshots([101]);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(1);
});

test.each([
  ["before it writes the end", writesState("succeeded"), "before"],
  ["after it wrote the end", writesState("succeeded"), "after"],
  ["while it lets go", releases, "after"],
  ["before the lane is closed", lanes, "before"],
  ["after the lane was closed", lanes, "after"],
  ["before the operation is ended", finishes, "before"],
  ["after the operation was ended", finishes, "after"],
] as const)("a watcher that dies %s is replaced, and the operation ends", async (_, strikes, when) => {
  for (const nth of [0, 1]) {
    const b = await bench();
    let seen = 0;
    b.broken.on((deed) => strikes(deed) && seen++ === nth, when);
    const id = await b.snapshots([101, 102, 104]);
    await b.live(id);
    expect(states(await invariants(b, id))).toEqual(["succeeded", "succeeded", "succeeded"]);
    expect(b.requests("POST", "/snapshot")).toBe(3);
  }
});

test("F04: an end that is found when an item starts is final even if its worker dies right after", async () => {
  for (const strikes of [releases, lanes, finishes])
    for (const when of ["before", "after"] as const) {
      const b = await bench();
      delete b.simulator.state.guests[101];
      b.broken.on(strikes, when);
      const id = await b.snapshots([101]);
      await b.live(id);
      expect(states(await invariants(b, id))).toEqual(["skipped"]);
    }
});

test.each(["before", "after"] as const)(
  "an item that waits is not lost when its worker dies %s sending its message",
  async (when) => {
    const b = await bench();
    const guest = b.simulator.state.guests[101];
    if (guest) guest.lock = "backup";
    b.broken.on(requeues, when);
    const id = await b.snapshots([101]);
    await b.run(60_000);
    delete guest?.lock;
    await b.live(id);
    expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  },
);

test("F40: of a batch of five that a time limit cuts off, what is done stays and the rest is done once", async () => {
  const b = await bench();
  const ids: string[] = [];
  for (const vmid of [101, 102, 104, 105, 107]) ids.push(await b.snapshots([vmid], { name: "s{vmid}" }));
  const batch = b.queues.receive("Item", 5);
  expect(batch).toHaveLength(5);
  // From the third intent on nothing of this worker happens any more, and the time limit removes no message.
  let intents = 0;
  let cut = false;
  b.broken.on((deed) => cut || (writesState("intent")(deed) && (cut = ++intents > 2)), "after", {
    times: 1000,
  });
  for (const { body } of batch)
    await b.clock.until(Operation.work(b.broken.world, JSON.parse(body), effects)).catch(() => undefined);
  expect([intents, b.requests("POST", "/snapshot")]).toEqual([3, 2]);
  cut = false;
  intents = -1000;
  for (const id of ids) await b.live(id);
  for (const id of ids) expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(5);
});

test("F40: of one message with four items that is cut off, what is done stays and the rest is done once", async () => {
  for (const when of ["before", "after"] as const) {
    const b = await bench();
    let intents = 0;
    b.broken.on((deed) => writesState("intent")(deed) && ++intents > 2, when, { times: 2 });
    const id = await b.snapshots([101, 104, 107, 110]);
    await b.live(id);
    expect(new Set(states(await invariants(b, id)))).toEqual(new Set(["succeeded"]));
    expect(b.requests("POST", "/snapshot")).toBe(4);
  }
});

const ANYTHING = [
  ["write", (deed: Deed) => deed.port === "write"],
  ["message", (deed: Deed) => deed.port === "send"],
  ["request", (deed: Deed) => deed.port === "request"],
] as const;

test.each(ANYTHING)(
  "F04, F05 and F06: a worker or watcher that dies at any %s of an operation's life, before or after it, is replaced",
  async (_, is) => {
    const rehearsal = await bench();
    await rehearsal.live(await rehearsal.snapshots([101, 104, 102]));
    const deeds = rehearsal.broken.deeds.filter(is).length;
    for (let nth = 0; nth < deeds; nth++) {
      for (const when of ["before", "after"] as const) {
        const b = await bench();
        let seen = 0;
        const id = await b.snapshots([101, 104, 102]);
        b.broken.on((deed) => is(deed) && seen++ === nth, when);
        await b.live(id);
        expect([nth, when, ...states(await invariants(b, id))]).toEqual([
          nth,
          when,
          ...Array(3).fill("succeeded"),
        ]);
      }
    }
  },
);
