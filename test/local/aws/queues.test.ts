import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { createQueues } from "../../../local/aws/queues.ts";
import { virtualClock } from "../../kit/clock.ts";

function journal(): string {
  const folder = mkdtempSync(join(tmpdir(), "queues-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "sqs.jsonl");
}

function shop() {
  const clock = virtualClock();
  const queues = createQueues({ clock });
  queues.create("dead");
  queues.create("work", { visibilitySeconds: 60, dlq: "dead", maxReceives: 2 });
  return { clock, queues };
}

function one<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error("nothing was received");
  return item;
}

test("a received message is hidden for the visibility timeout and then given out again", async () => {
  const { clock, queues } = shop();
  const id = queues.send("work", "a", { group: "main" });
  expect(queues.receive("work")).toMatchObject([{ id, body: "a", group: "main", receives: 1 }]);
  expect(queues.receive("work")).toEqual([]);
  expect(queues.nextDue()).toBe(clock.now().getTime() + 60_000);
  await clock.advance(60_000);
  expect(queues.receive("work")).toMatchObject([{ id, receives: 2 }]);
});

test("a delayed message is out of sight until its time", async () => {
  const { clock, queues } = shop();
  queues.send("work", "late", { delaySeconds: 900 });
  expect(queues.depth("work")).toEqual({ visible: 0, delayed: 1, inFlight: 0 });
  await clock.advance(899_999);
  expect(queues.receive("work")).toEqual([]);
  await clock.advance(1);
  expect(queues.receive("work")).toHaveLength(1);
  expect(queues.depth("work")).toEqual({ visible: 0, delayed: 0, inFlight: 1 });
});

test("a message received too often goes to the dead-letter queue and can be moved back", async () => {
  const { clock, queues } = shop();
  queues.send("work", "poison");
  for (const receives of [1, 2]) {
    expect(queues.receive("work")).toMatchObject([{ receives }]);
    await clock.advance(60_000);
  }
  expect(queues.receive("work")).toEqual([]);
  expect(queues.depth("dead").visible).toBe(1);
  expect(queues.redrive("dead")).toBe(1);
  expect(queues.receive("work")).toMatchObject([{ body: "poison", receives: 1 }]);
});

test("a receipt of an earlier delivery deletes nothing", async () => {
  const { clock, queues } = shop();
  queues.send("work", "a");
  const stale = one(queues.receive("work")).receipt;
  await clock.advance(60_000);
  const fresh = one(queues.receive("work")).receipt;
  expect(queues.remove("work", stale)).toBe(false);
  expect(queues.release("work", stale, 0)).toBe("stale");
  expect(queues.remove("work", fresh)).toBe(true);
  expect(queues.depth("work")).toEqual({ visible: 0, delayed: 0, inFlight: 0 });
});

test("a released message comes back when its holder said", async () => {
  const { clock, queues } = shop();
  queues.send("work", "a");
  const { receipt } = one(queues.receive("work"));
  expect(queues.release("work", receipt, 5)).toBe("changed");
  await clock.advance(5000);
  expect(queues.release("work", receipt, 5)).toBe("visible");
  expect(queues.receive("work")).toHaveLength(1);
});

test("a message older than the retention is forgotten", async () => {
  const { clock, queues } = shop();
  queues.create("short", { retentionSeconds: 60 });
  queues.send("short", "a");
  await clock.advance(60_001);
  expect(queues.receive("short")).toEqual([]);
  expect(queues.depth("short").visible).toBe(0);
});

test("nothing acknowledged is lost when the process is gone without a word", async () => {
  const file = journal();
  const clock = virtualClock();
  const before = createQueues({ clock, file });
  before.create("work", { visibilitySeconds: 60 });
  const [kept, done, hidden] = ["kept", "done", "hidden"].map((body) => before.send("work", body));
  const [first, second] = before.receive("work", 2);
  before.remove("work", second?.receipt ?? "");
  before.release("work", first?.receipt ?? "", 0);

  const after = createQueues({ clock, file });
  const back = after.receive("work").map((message) => message.id);
  expect(new Set(back)).toEqual(new Set([kept, hidden]));
  expect(after.get("work")?.messages.get(done ?? "")).toBeUndefined();
  before.close();
  after.close();
});

test("a journal torn in the middle of its last write is read up to there", () => {
  const file = journal();
  const clock = virtualClock();
  const before = createQueues({ clock, file });
  before.create("work");
  before.send("work", "whole");
  before.send("work", "torn");
  before.close();
  truncateSync(file, readFileSync(file).length - 7);
  const after = createQueues({ clock, file });
  expect(after.receive("work").map((message) => message.body)).toEqual(["whole"]);
  after.close();
});

test("a journal of something else is refused, not overwritten", () => {
  const file = journal();
  writeFileSync(file, '{"kind":"poem"}\n');
  expect(() => createQueues({ clock: virtualClock(), file })).toThrow("sqs.jsonl:1");
  expect(readFileSync(file, "utf8")).toBe('{"kind":"poem"}\n');
});

test("a journal stays short however often the same messages come and go", () => {
  const file = journal();
  const queues = createQueues({ clock: virtualClock(), file });
  queues.create("work");
  for (let round = 0; round < 3000; round += 1) {
    queues.send("work", "x");
    queues.remove("work", one(queues.receive("work")).receipt);
  }
  queues.send("work", "last");
  queues.close();
  expect(readFileSync(file, "utf8").split("\n").length).toBeLessThan(2100);
  expect(createQueues({ clock: virtualClock(), file }).receive("work")).toMatchObject([{ body: "last" }]);
});

test("whatever happens, each message is delivered until it is deleted, and never after", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("send" as const), delay: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ kind: fc.constant("receive" as const), remove: fc.boolean() }),
    fc.record({ kind: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 30 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let now = 0;
      const queues = createQueues({ clock: { now: () => new Date(now), sleep: () => Promise.resolve() } });
      queues.create("q", { visibilitySeconds: 10 });
      const live = new Set<string>();
      for (const taken of steps) {
        if (taken.kind === "send") live.add(queues.send("q", "x", { delaySeconds: taken.delay }));
        else if (taken.kind === "wait") now += taken.seconds * 1000;
        else {
          for (const message of queues.receive("q", 3)) {
            if (!live.has(message.id)) throw new Error("a deleted message was delivered");
            if (taken.remove && queues.remove("q", message.receipt)) live.delete(message.id);
          }
        }
      }
      now += 60_000;
      expect(new Set(queues.receive("q", 100).map((message) => message.id))).toEqual(live);
    }),
  );
});

test("ten thousand messages come and go without a scan for each", () => {
  const { queues } = shop();
  for (let index = 0; index < 10_000; index += 1) queues.send("work", String(index));
  let seen = 0;
  for (let batch = queues.receive("work"); batch.length > 0; batch = queues.receive("work")) {
    for (const { receipt } of batch) queues.remove("work", receipt);
    seen += batch.length;
    queues.nextDue();
  }
  expect(seen).toBe(10_000);
});
