import type { World } from "../context.ts";
import { isFinal, itemOf, loadItem } from "./item.ts";

/** Whether nothing more will come of a holder's item. One that ended as unknown may still have an effect. */
export async function hasEnded(world: World, holder: string): Promise<boolean> {
  const { operation, n } = itemOf(holder);
  const item = await loadItem(world, operation, n);
  return item !== undefined && isFinal(item) && item.state !== "unknown";
}
