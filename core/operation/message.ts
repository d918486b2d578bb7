import * as z from "zod";
import type { Queue } from "../aws/queue.ts";
import type { World } from "../context.ts";

/** Write the rest of an operation's items, open its lanes and start the first ones. */
export const ExpandMessage = z.object({ v: z.literal(1), kind: z.literal("expand"), operation: z.string() });

/** Go on with one item. `seen` is the fence that it had when the message was sent; none means 0. */
export const ItemMessage = z.object({
  v: z.literal(1),
  kind: z.literal("item"),
  operation: z.string(),
  n: z.number().int(),
  seen: z.number().int().exactOptional(),
});
export type ItemMessage = z.infer<typeof ItemMessage>;

/** Look after a node's tasks. Only the message of the newest generation does so. */
export const FollowMessage = z.object({
  v: z.literal(1),
  kind: z.literal("follow"),
  lane: z.string(),
  generation: z.number().int(),
  /** How many looks in a row found nothing new. */
  quiet: z.number().int(),
});
export type FollowMessage = z.infer<typeof FollowMessage>;

/** The cluster of a lane: `main/pve1` → `main`. */
export const clusterOf = (lane: string) => lane.split("/")[0] ?? lane;

/** The node of a lane: `main/pve1` → `pve1`. */
export const nodeOf = (lane: string) => lane.split("/")[1] ?? lane;

/** Sends items to the worker that does them. */
export async function sendItems(
  world: World,
  lane: string,
  items: readonly Omit<ItemMessage, "v" | "kind">[],
  delaySeconds = 0,
): Promise<void> {
  if (items.length === 0) return;
  const messages = items.map((item) => ({
    body: JSON.stringify({ v: 1, kind: "item", ...item }),
    group: clusterOf(lane),
    delaySeconds,
  }));
  await world.queue.send("Item", messages);
}

/** Sends an operation to the worker that writes its items. */
export async function sendExpand(world: { readonly queue: Queue }, operation: string): Promise<void> {
  const body = JSON.stringify({ v: 1, kind: "expand", operation });
  await world.queue.send("Expand", [{ body, group: operation }]);
}
