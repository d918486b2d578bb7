import type { World } from "../context.ts";
import { isExpired, LostRace, type Condition, type Row } from "../db/index.ts";
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
): Promise<{ readonly row: Row | undefined } | undefined> {
  const now = world.clock.now();
  const expiresAt = Math.floor(now.getTime() / 1000) + KEEP_SECONDS;
  const put = { ...lockKey(guest), holder, at: now.toISOString(), expiresAt };
  try {
    await world.store.write([{ table: "Runtime", put, when }]);
    return undefined;
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    return { row: error.current };
  }
}

/** Whether a lock is worth nothing any more: its holder has ended, or its time is over. */
async function isVoid(world: World, row: Row): Promise<boolean> {
  if (isExpired(row, world.clock.now())) return true;
  const { operation, n } = itemOf(holderIn(row));
  const item = await loadItem(world, operation, n);
  return item === undefined || isFinal(item);
}

/** Takes over a lock that is void; the one who has it otherwise. */
async function takeOver(world: World, guest: string, holder: string, row: Row | undefined) {
  const other = holderIn(row);
  if (other === holder) return undefined;
  if (row && !(await isVoid(world, row))) return other;
  const faster = await take(
    world,
    guest,
    holder,
    other === "" ? { exists: false } : { equals: { holder: other } },
  );
  return faster && holderIn(faster.row) !== holder ? holderIn(faster.row) : undefined;
}

/**
 * Takes a guest for an item, so that no two items change it at once; says who has it if another does. The lock is good
 * for as long as its holder has not ended, whatever the time, and nobody has to give it back then.
 */
export async function lockGuest(world: World, guest: string, holder: string): Promise<string | undefined> {
  const row = await world.store.get("Runtime", lockKey(guest), { eventual: true });
  if (row) return takeOver(world, guest, holder, row);
  const faster = await take(world, guest, holder, { exists: false });
  return faster && takeOver(world, guest, holder, faster.row);
}

/** Who has a guest now; undefined for nobody. */
export async function lockedBy(world: World, guest: string): Promise<string | undefined> {
  const row = await world.store.get("Runtime", lockKey(guest));
  return row && !(await isVoid(world, row)) ? holderIn(row) : undefined;
}

/** Gives a guest back before the holder has ended; nothing happens when another item has it. */
export async function unlockGuest(world: World, guest: string, holder: string): Promise<void> {
  await world.store
    .write([{ table: "Runtime", remove: lockKey(guest), when: { equals: { holder } } }])
    .catch((error: unknown) => {
      if (!(error instanceof LostRace)) throw error;
    });
}
