import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { load } from "../inventory/index.ts";
import { openLanes } from "./lane.ts";
import { sendExpand } from "./message.ts";
import { held, nodePool } from "./slot.ts";
import { sendStrays } from "./stray.ts";
import { unwatched, wake } from "./watch.ts";

const OUTBOX_MS = 30_000;

async function revive(world: World, lane: string): Promise<void> {
  await sendStrays(world, lane);
  if (!(await unwatched(world, lane))) return;
  const [slots, lanes] = await Promise.all([held(world, nodePool(lane)), openLanes(world, lane, 1)]);
  if (slots.length > 0 || lanes.length > 0) await wake(world, lane, 0);
}

/** Finds what lost messages and dead workers left: accepted operations that never began, nodes that nobody watches. */
export async function sweep(world: World): Promise<void> {
  const now = world.clock.now().getTime();
  for (const row of await world.store.query({ table: "History", pk: "outbox" })) {
    if (now - Date.parse(String(row["at"])) >= OUTBOX_MS) await sendExpand(world, row.sk);
  }
  for (const cluster of await Cluster.all(world)) {
    const nodes = (await load(world, cluster.id))?.nodes ?? [];
    for (const node of nodes) await revive(world, `${cluster.id}/${node.name}`);
  }
}
