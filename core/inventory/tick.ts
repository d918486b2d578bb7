import * as z from "zod";
import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { newId } from "../lib/id.ts";
import { alone } from "./lease.ts";
import { refresh } from "./poll.ts";

/** List this cluster, unless that was done after the message was sent. */
const Message = z.object({
  v: z.literal(1),
  kind: z.literal("inventory"),
  cluster: z.string(),
  at: z.iso.datetime(),
});

/** Has every cluster listed by an invocation of its own: one that is silent, or answers too much, costs the others nothing. */
export async function begin(world: World): Promise<void> {
  const at = world.clock.now().toISOString();
  const clusters = await Cluster.all(world);
  const messages = clusters.map(({ id: cluster }) => {
    const message: z.infer<typeof Message> = { v: 1, kind: "inventory", cluster, at };
    return { body: JSON.stringify(message), group: cluster };
  });
  await world.queue.send("Inventory", messages);
}

/** Lists one cluster, unless another invocation is at it or has been since the message was sent. */
export async function list(world: World, message: unknown): Promise<void> {
  const { cluster, at } = Message.parse(message);
  const now = world.clock.now();
  const age = now.getTime() - Date.parse(at);
  await alone(world, cluster, newId("look", now), () => refresh(world, cluster, age / 1000));
}
