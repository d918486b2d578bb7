import type { World } from "../context.ts";
import type { ItemRow } from "./item.ts";
import { requeue } from "./requeue.ts";

const ATTEMPTS = 6;
/** A guest that has just been moved may be nowhere for a moment. */
const PAUSE_SECONDS = 5;

/** Puts an item back to be asked of the node where its guest is by then; false when it was not found often enough. */
export async function seekGuest(world: World, item: ItemRow, reason: string): Promise<boolean> {
  if (item.attempts >= ATTEMPTS) return false;
  await requeue(world, item, reason, { delaySeconds: PAUSE_SECONDS, moved: true });
  return true;
}
