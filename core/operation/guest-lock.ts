import type { World } from "../context.ts";
import { LostRace, type Condition, type Row } from "../db/index.ts";
import { isFinal, itemOf, loadItem } from "./item.ts";

const lockKey = (guest: string) => ({ pk: `guest#${guest}`, sk: "lock" });

/** No operation lives so long. */
const KEEP_SECONDS = 30 * 86_400;

const holderIn = (row: Row | undefined) => (typeof row?.["holder"] === "string" ? row["holder"] : "");

async function take(
  world: World,
  guest: string,
  holder: string,
  when: Condition,
): Promise<string | undefined> {
  const now = world.clock.now();
  const expiresAt = Math.floor(now.getTime() / 1000) + KEEP_SECONDS;
  const put = { ...lockKey(guest), holder, at: now.toISOString(), expiresAt };
  try {
    await world.store.write([{ table: "Runtime", put, when }]);
    return undefined;
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    return holderIn(error.current);
  }
}

/** Takes the lock over from a holder that has ended; the one who has it otherwise. */
async function takeOver(world: World, guest: string, holder: string, other: string) {
  if (other === holder) return undefined;
  const { operation, n } = itemOf(other);
  const item = await loadItem(world, operation, n);
  if (item && !isFinal(item)) return other;
  const faster = await take(
    world,
    guest,
    holder,
    other === "" ? { exists: false } : { equals: { holder: other } },
  );
  return faster === holder ? undefined : faster;
}

/**
 * Takes a guest for an item, so that no two items change it at once; says who has it if another does. The lock is good
 * for as long as its holder has not ended, whatever the time, and nobody has to give it back then.
 */
export async function lockGuest(world: World, guest: string, holder: string): Promise<string | undefined> {
  const row = await world.store.get("Runtime", lockKey(guest), { eventual: true });
  if (row) return takeOver(world, guest, holder, holderIn(row));
  const other = await take(world, guest, holder, { exists: false });
  return other === undefined ? undefined : takeOver(world, guest, holder, other);
}

/** Gives a guest back before the holder has ended; nothing happens when another item has it. */
export async function unlockGuest(world: World, guest: string, holder: string): Promise<void> {
  await world.store
    .write([{ table: "Runtime", remove: lockKey(guest), when: { equals: { holder } } }])
    .catch((error: unknown) => {
      if (!(error instanceof LostRace)) throw error;
    });
}
