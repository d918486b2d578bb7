import type { World } from "../context.ts";
import { ended, openLanes } from "./lane.ts";

/** How many items of these actions a node still has to do, or is doing; it may lag behind. */
export async function underway(world: World, lane: string, actions: readonly string[]): Promise<number> {
  const open = await openLanes(world, lane, { eventual: true });
  const meant = open.filter(({ action, stopped }) => actions.includes(action) && !stopped);
  return meant.reduce((total, one) => total + one.to - one.from - ended(one), 0);
}
