import * as z from "zod";
import type { Queue } from "../aws/queue.ts";
import type { World } from "../context.ts";

/** Write the rest of an operation's items, open its lanes and start the first ones. */
export const ExpandMessage = z.object({ v: z.literal(1), kind: z.literal("expand"), operation: z.string() });

/**
 * An item to go on with. `seen` is the fence that it had when the message was sent; none means 0. `waited` says how many
 * seconds have surely passed since its request when the message comes: delays of messages, or one worker's own time, since
 * the clocks of two workers may differ.
 */
const ItemRef = z.object({
  operation: z.string(),
  n: z.number().int(),
  seen: z.number().int().exactOptional(),
  waited: z.number().exactOptional(),
});
export type ItemRef = z.infer<typeof ItemRef>;

/** Go on with these items, which are on one node. */
export const ItemMessage = z
  .object({ v: z.literal(2), kind: z.literal("item"), items: z.array(ItemRef).min(1).max(64) })
  .transform(({ items }): readonly ItemRef[] => items);

/**
 * Look after a node's tasks. The message is the node's watcher while the node's row bears its ticket, or is still at the
 * version that its sender saw: a sender that died in between leaves a message too many, never none.
 */
export const FollowMessage = z.object({
  v: z.literal(2),
  kind: z.literal("follow"),
  lane: z.string(),
  ticket: z.string(),
  after: z.number().int(),
  /** When its node was to be looked at when it was sent, by its sender's clock (milliseconds of the epoch). */
  due: z.number().exactOptional(),
  /** How often in a row it was put off, since another node's watcher saw to this one too. */
  hops: z.number().int().exactOptional(),
});
export type FollowMessage = z.infer<typeof FollowMessage>;

/** The cluster of a lane: `main/pve1` → `main`. */
export const clusterOf = (lane: string) => lane.split("/")[0] ?? lane;

/** The node of a lane: `main/pve1` → `pve1`. */
export const nodeOf = (lane: string) => lane.split("/")[1] ?? lane;

/** No more than the connections that a worker has to a node, so that none of them waits for another. */
const MOST = 4;

/** Sends items of one node to the worker that does them, several in a message. */
export async function sendItems(
  world: World,
  lane: string,
  items: readonly ItemRef[],
  delaySeconds = 0,
): Promise<void> {
  if (items.length === 0) return;
  const messages = Array.from({ length: Math.ceil(items.length / MOST) }, (_, index) => ({
    body: JSON.stringify({ v: 2, kind: "item", items: items.slice(index * MOST, (index + 1) * MOST) }),
    group: clusterOf(lane),
    delaySeconds,
  }));
  await world.queue.send("Item", messages);
}

/** Sends a watcher to its node. */
export async function sendFollow(
  world: World,
  message: Omit<FollowMessage, "v" | "kind">,
  delaySeconds: number,
): Promise<void> {
  const body = JSON.stringify({ v: 2, kind: "follow", ...message });
  await world.queue.send("Follow", [{ body, group: clusterOf(message.lane), delaySeconds }]);
}

/** Sends an operation to the worker that writes its items. */
export async function sendExpand(world: { readonly queue: Queue }, operation: string): Promise<void> {
  const body = JSON.stringify({ v: 1, kind: "expand", operation });
  await world.queue.send("Expand", [{ body, group: operation }]);
}
