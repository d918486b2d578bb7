import { expect, test } from "vitest";
import { FollowMessage } from "../../../core/operation/message.ts";
import { loadNode } from "../../../core/operation/node.ts";
import { isWatcher } from "../../../core/operation/summon.ts";
import { turn } from "../../../core/operation/turn.ts";
import { bench, type Bench } from "../../kit/bench.ts";

const LANE = "main/pve1";

/** The messages for watchers that wait in the queue. */
async function sent({ queues, clock }: Bench) {
  await clock.advance(60_000);
  return queues.receive("Follow", 10).flatMap((message) => {
    const parsed = FollowMessage.parse(JSON.parse(message.body));
    return parsed.v === 2 ? [parsed] : [];
  });
}

async function watchers(b: Bench) {
  const node = await loadNode(b.world, LANE);
  return (await sent(b)).filter((message) => isWatcher(node, message));
}

const dying = (world: Bench["world"]) => ({
  ...world,
  store: { ...world.store, write: async () => Promise.reject(new Error("killed")) },
});

/** A bench with one item on a node that nobody watches, as after a worker's death. */
async function unwatched() {
  const b = await bench();
  await b.snapshots([101]);
  b.queues.purge("Follow");
  const rows = await b.store.query({ table: "Runtime", pk: "node#main" });
  for (const row of rows) await b.store.write([{ table: "Runtime", put: { ...row, ticket: "" } }]);
  return b;
}

test("whoever summons a watcher and dies before that is written leaves a message that still watches", async () => {
  const b = await unwatched();
  await expect(turn(dying(b.world), LANE, {})).rejects.toThrow("killed");
  expect(await watchers(b)).toHaveLength(1);
});

test("a watcher that dies between its look and its next one leaves the message of the next one", async () => {
  const b = await unwatched();
  await turn(b.world, LANE, {});
  const [first] = await sent(b);
  if (!first) throw new Error("no message");
  const look = { message: first, quiet: true, others: [], leads: false };
  await expect(turn(dying(b.world), LANE, { look })).rejects.toThrow("killed");
  expect(await watchers(b)).toHaveLength(1);
});

test("of two that summon at once one message watches, and the other comes to nothing", async () => {
  const b = await unwatched();
  await Promise.all([turn(b.world, LANE, {}), turn(b.world, LANE, {})]);
  expect(await watchers(b)).toHaveLength(1);
});
