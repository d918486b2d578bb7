import type { World } from "../context.ts";
import { LostRace, type Row } from "../db/index.ts";
import { isFinal, itemOf, loadItem } from "./item.ts";

const lockKey = (guest: string) => ({ pk: `guest#${guest}`, sk: "lock" });

const holderIn = (row: Row | undefined) => (typeof row?.["holder"] === "string" ? row["holder"] : "");

/**
 * Takes a guest for an item, so that no two items change it at once. The lock has no time limit: it is
 * good for as long as its holder has not ended, and is taken over from one that has.
 */
export async function lockGuest(
  world: World,
  guest: string,
  holder: string,
): Promise<{ holder: string } | undefined> {
  const put = { ...lockKey(guest), holder, at: world.clock.now().toISOString() };
  try {
    await world.store.write([{ table: "Runtime", put, when: { exists: false } }]);
    return undefined;
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    const other = holderIn(error.current);
    if (other === holder) return undefined;
    const { operation, n } = itemOf(other);
    const item = await loadItem(world, operation, n);
    if (item && !isFinal(item)) return { holder: other };
    return takeOver(world, put, other);
  }
}

async function takeOver(world: World, put: { pk: string; sk: string; holder: string }, other: string) {
  try {
    await world.store.write([{ table: "Runtime", put, when: { equals: { holder: other } } }]);
    return undefined;
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    return { holder: holderIn(error.current) };
  }
}

/** Gives a guest back; nothing happens when another item has it. */
export async function unlockGuest(world: World, guest: string, holder: string): Promise<void> {
  await world.store
    .write([{ table: "Runtime", remove: lockKey(guest), when: { equals: { holder } } }])
    .catch((error: unknown) => {
      if (!(error instanceof LostRace)) throw error;
    });
}
