import type { World } from "../context.ts";
import type { Ending } from "./ending.ts";
import { unlockGuest } from "./guest-lock.ts";
import { holderOf, placesOf, type ItemRow } from "./item.ts";
import { turn } from "./turn.ts";

/**
 * Gives back all that an item holds: of one that waits for long, and of one whose worker died after it had ended.
 */
export async function letGo(world: World, item: ItemRow): Promise<void> {
  const holder = holderOf(item);
  await unlockGuest(world, item.vm.id, holder);
  for (const place of placesOf(item).toReversed()) await turn(world, place, { freed: [holder] });
}

/**
 * Ends an item: its row, its lane's count, its audit row and its slot change together, so the end is written exactly
 * once. False when another worker has moved the item on in the meantime. Its lock of the guest ends with it.
 */
export async function settle(world: World, item: ItemRow, ending: Ending): Promise<boolean> {
  const { settled } = await turn(world, item.lane, { endings: [{ item, ending }] });
  return settled.length > 0;
}
