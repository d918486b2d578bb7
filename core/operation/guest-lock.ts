import * as z from "zod";
import type { World } from "../context.ts";
import { isExpired, LostRace, type Condition, type Row } from "../db/index.ts";
import { isFinal, isOlder, itemOf, loadItem } from "./item.ts";

const lockKey = (guest: string) => ({ pk: `guest#${guest}`, sk: "lock" });

/** No operation lives so long. */
const KEEP_SECONDS = 30 * 86_400;
/** How long one that waits need not ask again to keep its place: as long as a lost message takes to come again. */
const PLACE_MS = 480_000;
/** The clocks of workers differ by less. */
const SKEW_MS = 120_000;
/** More than these find their place by asking again. */
const MOST = 16;
const ATTEMPTS = 16;

/** Who has a guest, "" nobody, since when, and who waits for it, the oldest first, until when (milliseconds of the epoch). `rev` grows with each change. */
const Lock = z.object({
  holder: z.string(),
  at: z.string(),
  rev: z.number(),
  line: z.array(z.object({ holder: z.string(), until: z.number() })),
});
type Lock = z.infer<typeof Lock>;

const FREE: Lock = { holder: "", at: "", rev: 0, line: [] };

/** That the row is still as it was read. */
function unchanged(row: Row): Condition {
  const { holder, rev } = Lock.parse(row);
  return { equals: { holder, rev } };
}

/** Whether nothing more comes of a holder. */
async function isGone(world: World, holder: string): Promise<boolean> {
  const { operation, n } = itemOf(holder);
  const item = holder === "" ? undefined : await loadItem(world, operation, n);
  return item === undefined || isFinal(item);
}

/** Whether a lock is worth nothing any more: its holder has ended, or its time is over. */
const isVoid = async (world: World, row: Row): Promise<boolean> =>
  isExpired(row, world.clock.now()) || isGone(world, Lock.parse(row).holder);

/** The oldest of those that wait, and of which something still comes. */
async function firstInLine(world: World, { line }: Lock): Promise<string | undefined> {
  const now = world.clock.now().getTime();
  for (const { holder } of line.filter(({ until }) => until > now))
    if (!(await isGone(world, holder))) return holder;
  return undefined;
}

/** Who comes before an item: the one that has the guest, or an older one that waits for it as well. */
async function firstOf(world: World, row: Row, holder: string): Promise<string | undefined> {
  const lock = Lock.parse(row);
  if (lock.holder === holder) return undefined;
  if (!(await isVoid(world, row))) return lock.holder;
  return firstInLine(world, { ...lock, line: lock.line.filter((one) => isOlder(one.holder, holder)) });
}

/** The lock once an item has taken it, or has its place in line while another comes first. */
function after(world: World, lock: Lock, holder: string, other: string | undefined): Lock {
  const now = world.clock.now();
  const others = lock.line.filter((one) => one.holder !== holder && one.until + SKEW_MS > now.getTime());
  const at = now.toISOString();
  const rev = lock.rev + 1;
  if (other === undefined) return { holder, at, rev, line: others };
  const line = [...others, { holder, until: now.getTime() + PLACE_MS }];
  const inOrder = line.toSorted((a, b) => (isOlder(a.holder, b.holder) ? -1 : 1));
  return { holder: lock.holder, at, rev, line: inOrder.slice(0, MOST) };
}

async function put(world: World, guest: string, lock: Lock, when: Condition): Promise<LostRace | undefined> {
  const expiresAt = Math.floor(world.clock.now().getTime() / 1000) + KEEP_SECONDS;
  try {
    await world.store.write([{ table: "Runtime", put: { ...lockKey(guest), ...lock, expiresAt }, when }]);
    return undefined;
  } catch (error) {
    if (error instanceof LostRace) return error;
    throw error;
  }
}

/**
 * Takes a guest for an item, so that no two items change it at once; says who comes first if another does, and keeps the
 * item's place. The lock is good for as long as its holder has not ended, whatever the time, and nobody has to give it
 * back then. Items that wait take it in the order of their operations; `elder` names one that should but has not come yet.
 */
export async function lockGuest(
  world: World,
  guest: string,
  holder: string,
  elder: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const seen = await world.store.get("Runtime", lockKey(guest), { eventual: true });
  // It may have let go since.
  const mine = seen?.["holder"] === holder;
  let row = mine ? await world.store.get("Runtime", lockKey(guest)) : seen;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const lock = row ? Lock.parse(row) : FREE;
    if (lock.holder === holder) return undefined;
    const other = (row && (await firstOf(world, row, holder))) ?? (await elder());
    const when = row ? unchanged(row) : { exists: false };
    const lost = await put(world, guest, after(world, lock, holder, other), when);
    if (!lost) return other;
    row = lost.current;
  }
  throw new Error(`nobody could take or wait for ${guest} in ${ATTEMPTS} attempts`);
}

/** Who has a guest now, or is the next to have it; undefined for nobody. */
export async function lockedBy(world: World, guest: string): Promise<string | undefined> {
  const row = await world.store.get("Runtime", lockKey(guest));
  if (!row) return undefined;
  const lock = Lock.parse(row);
  return (await isVoid(world, row)) ? firstInLine(world, lock) : lock.holder;
}

/** Gives a guest back before the holder has ended; nothing happens when another item has it. Those in line keep their places. */
export async function unlockGuest(world: World, guest: string, holder: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const row = await world.store.get("Runtime", lockKey(guest));
    if (row?.["holder"] !== holder) return;
    const { line, rev } = Lock.parse(row);
    const set = { holder: "", rev: rev + 1 };
    const when = unchanged(row);
    const change = line.length > 0 ? { update: lockKey(guest), set } : { remove: lockKey(guest) };
    try {
      return await world.store.write([{ table: "Runtime", ...change, when }]);
    } catch (error) {
      if (!(error instanceof LostRace)) throw error;
    }
  }
}
