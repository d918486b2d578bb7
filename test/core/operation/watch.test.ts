import { expect, test } from "vitest";
import { claim, rest, wake } from "../../../core/operation/watch.ts";
import { FollowMessage } from "../../../core/operation/message.ts";
import { lab } from "../../kit/lab.ts";

const LANE = "main/pve1";

/** The messages for watchers that wait in the queue. */
const sent = ({ queues }: Awaited<ReturnType<typeof lab>>) =>
  queues.receive("Follow", 10).map((message) => FollowMessage.parse(JSON.parse(message.body)));

const dying = (world: Awaited<ReturnType<typeof lab>>["world"]) => ({
  ...world,
  store: { ...world.store, write: async () => Promise.reject(new Error("killed")) },
});

test("whoever wakes a watcher and dies before that is written leaves a message that still watches", async () => {
  const stage = await lab();
  await expect(wake(dying(stage.world), LANE, 0)).rejects.toThrow("killed");
  const [message, ...others] = sent(stage);
  expect(others).toEqual([]);
  expect(message && (await claim(stage.world, message, "worker"))).toBe(true);
});

test("a watcher that dies between its look and its next one leaves the message of the next one", async () => {
  const stage = await lab();
  await wake(stage.world, LANE, 0);
  const [first] = sent(stage);
  if (!first) throw new Error("no message");
  expect(await claim(stage.world, first, "a")).toBe(true);
  const next = { delaySeconds: 0, quiet: 1 };
  await expect(rest(dying(stage.world), first, next)).rejects.toThrow("killed");
  const [second] = sent(stage);
  expect(second && (await claim(stage.world, second, "b"))).toBe(true);
  expect(await claim(stage.world, first, "a")).toBe(false);
});

test("of two that wake at once one message watches, and the other comes to nothing", async () => {
  const stage = await lab();
  await Promise.all([wake(stage.world, LANE, 0), wake(stage.world, LANE, 0)]);
  const messages = sent(stage);
  const claims = await Promise.all(
    messages.map((message, index) => claim(stage.world, message, `w${index}`)),
  );
  expect(claims.filter(Boolean)).toHaveLength(1);
});
