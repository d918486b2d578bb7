import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { nodesOf } from "../inventory/index.ts";
import { closeLanes } from "./close.ts";
import { openLanes } from "./lane.ts";
import { sendExpand } from "./message.ts";
import { isWatched, loadNodes } from "./node.ts";
import { sendStrays } from "./stray.ts";
import { turn } from "./turn.ts";

const OUTBOX_MS = 30_000;

/** A node that has work, or holds slots, and that nobody looks at: its next turn summons a watcher. */
async function revive(world: World, lane: string, busy: boolean): Promise<void> {
  await closeLanes(world, lane);
  await sendStrays(world, lane);
  if (busy || (await openLanes(world, lane, { limit: 1 })).length > 0) await turn(world, lane, {});
}

/** Finds what lost messages and dead workers left: accepted operations that never began, nodes that nobody watches. */
export async function sweep(world: World): Promise<void> {
  const now = world.clock.now().getTime();
  for (const row of await world.store.query({ table: "History", pk: "outbox" })) {
    if (now - Date.parse(String(row["at"])) >= OUTBOX_MS) await sendExpand(world, row.sk);
  }
  for (const cluster of await Cluster.all(world)) {
    const known = await loadNodes(world, cluster.id);
    const listed = await nodesOf(world, cluster.id);
    const lanes = new Set([...known.keys(), ...listed.map((node) => `${cluster.id}/${node.name}`)]);
    for (const lane of lanes) {
      const node = known.get(lane);
      if (!node || !isWatched(node, now)) await revive(world, lane, (node?.running.length ?? 0) > 0);
      else await sendStrays(world, lane);
    }
  }
}
