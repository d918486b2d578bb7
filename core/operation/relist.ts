import type { World } from "../context.ts";
import { refresh } from "../inventory/index.ts";
import type { Effect } from "./effect.ts";
import { clusterOf } from "./message.ts";

/** One listing in this time is enough, however many guests change. */
const LISTING_SECONDS = 5;

/** Lists a cluster anew when one of these has changed what a listing shows; of a snapshot it would show nothing. */
export async function relist(
  world: World,
  lane: string,
  effects: readonly (Pick<Effect, "action"> | undefined)[],
): Promise<void> {
  if (effects.some((effect) => effect?.action.listed)) await refresh(world, clusterOf(lane), LISTING_SECONDS);
}
