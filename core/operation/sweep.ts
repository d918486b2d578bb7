import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { nodesOf } from "../inventory/index.ts";
import { closeLanes } from "./close.ts";
import { everyLane } from "./lane.ts";
import { sendExpand } from "./message.ts";
import { isWatched, loadNodes, type NodeRow } from "./node.ts";
import { sendStrays } from "./stray.ts";
import { turn } from "./turn.ts";

const OUTBOX_MS = 30_000;

/** Does for a node what was left undone; one that has work, or holds slots, and that nobody looks at gets a watcher by its next turn. */
async function tend(world: World, lane: string, node: NodeRow | undefined): Promise<void> {
  const lanes = await everyLane(world, lane);
  await closeLanes(world, lanes);
  await sendStrays(world, lane, lanes);
  const watched = node && isWatched(node, world.clock.now().getTime());
  if (!watched && (lanes.length > 0 || (node?.running.length ?? 0) > 0)) await turn(world, lane, {});
}

/** Finds what lost messages and dead workers left: accepted operations that never began, nodes that nobody watches. */
export async function sweep(world: World): Promise<void> {
  const now = world.clock.now().getTime();
  for (const row of await world.store.query({ table: "History", pk: "outbox" })) {
    if (now - Date.parse(String(row["at"])) >= OUTBOX_MS) await sendExpand(world, row.sk);
  }
  const failures: unknown[] = [];
  for (const cluster of await Cluster.all(world)) {
    const known = await loadNodes(world, cluster.id);
    const listed = await nodesOf(world, cluster.id);
    const lanes = new Set([...known.keys(), ...listed.map((node) => `${cluster.id}/${node.name}`)]);
    for (const lane of lanes)
      await tend(world, lane, known.get(lane)).catch((error: unknown) => {
        world.log.error("sweep", { lane, error });
        failures.push(error);
      });
  }
  // What is wrong with one node keeps no other waiting.
  if (failures.length > 0) throw failures[0];
}
