import type { World } from "../context.ts";
import { refresh } from "../inventory/index.ts";
import { clusterOf } from "./message.ts";

/** One listing in this time is enough, however many guests change. */
const LISTING_SECONDS = 5;

/** Lists a cluster anew when these actions have changed what a listing shows; of a snapshot it would show nothing. */
export async function relist(world: World, lane: string, actions: readonly string[]): Promise<void> {
  if (actions.some((action) => action.startsWith("vm.")))
    await refresh(world, clusterOf(lane), LISTING_SECONDS);
}
