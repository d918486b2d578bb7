import type { World } from "../context.ts";
import { LostRace, type Condition } from "../db/index.ts";
import { holderOf, isFinal, itemOf, loadHolders } from "./item.ts";
import type { Pool } from "./operation.ts";

/** No operation lives so long. */
const KEEP_SECONDS = 30 * 86_400;
/** So many holders are looked at before a pool counts as full. */
const SUSPECTS = 25;

const slotKey = (pool: string, index: number) => ({
  pk: `slot#${pool}`,
  sk: String(index).padStart(5, "0"),
});

interface Slot {
  readonly index: number;
  readonly holder: string;
  /** Since when, in milliseconds of the epoch. */
  readonly at: number;
}

/** What of a pool is taken, and by whom. */
async function taken(world: World, pool: string): Promise<Slot[]> {
  const rows = await world.store.query({ table: "Runtime", pk: `slot#${pool}` });
  return rows.map((row) => ({
    index: Number(row.sk),
    holder: String(row["holder"]),
    at: typeof row["at"] === "string" ? Date.parse(row["at"]) : 0,
  }));
}

/** Takes one slot; false when another has it. */
async function take(
  world: World,
  pool: string,
  { index, holder }: Pick<Slot, "index" | "holder">,
  when: Condition,
): Promise<boolean> {
  const now = world.clock.now();
  const expiresAt = Math.floor(now.getTime() / 1000) + KEEP_SECONDS;
  const put = { ...slotKey(pool, index), holder, at: now.toISOString(), expiresAt };
  try {
    await world.store.write([{ table: "Runtime", put, when }]);
    return true;
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    return error.current?.["holder"] === holder;
  }
}

/** Takes over the slot of a holder that has ended: its worker died before it gave the slot back. */
async function takeOver(world: World, pool: string, slots: readonly Slot[], holder: string) {
  const before = world.clock.now().getTime() - world.settings.leaseSeconds * 1000;
  const old = slots.filter(({ at }) => at < before).toSorted((a, b) => a.at - b.at);
  const suspects = old.slice(0, SUSPECTS);
  const items = await loadHolders(
    world,
    suspects.map((slot) => slot.holder),
  );
  const atWork = new Set(items.filter((item) => !isFinal(item)).map(holderOf));
  for (const { index, holder: other } of suspects.filter((slot) => !atWork.has(slot.holder)))
    if (await take(world, pool, { index, holder }, { equals: { holder: other } })) return true;
  return false;
}

/** Takes a free slot of a pool for a holder, or finds that it has one; false when all are taken. */
async function reserve(world: World, { name, size }: Pool, holder: string): Promise<boolean> {
  const slots = await taken(world, name);
  if (slots.some((slot) => slot.holder === holder)) return true;
  for (let index = 0; index < size; index++) {
    if (slots.some((slot) => slot.index === index)) continue;
    if (await take(world, name, { index, holder }, { exists: false })) return true;
  }
  return takeOver(
    world,
    name,
    slots.filter(({ index }) => index < size),
    holder,
  );
}

async function remove(world: World, pool: string, { index, holder }: Slot): Promise<void> {
  await world.store
    .write([{ table: "Runtime", remove: slotKey(pool, index), when: { equals: { holder } } }])
    .catch((error: unknown) => {
      if (!(error instanceof LostRace)) throw error;
    });
}

/** Gives back what a holder has of these pools; nothing happens where it has nothing. */
export async function release(world: World, pools: readonly Pool[], holder: string): Promise<void> {
  for (const { name } of pools)
    for (const slot of (await taken(world, name)).filter((one) => one.holder === holder))
      await remove(world, name, slot);
}

/** Gives back what dead workers have left in these pools for the items of a lane that have all ended. */
export async function releaseLane(
  world: World,
  pools: readonly Pool[],
  lane: { readonly operation: string; readonly from: number; readonly to: number },
): Promise<void> {
  const isOf = (holder: string) => {
    const { operation, n } = itemOf(holder);
    return operation === lane.operation && n >= lane.from && n < lane.to;
  };
  for (const { name } of pools)
    for (const slot of (await taken(world, name)).filter((one) => isOf(one.holder)))
      await remove(world, name, slot);
}

/** Takes a slot of every pool, or of none. */
export async function reserveAll(world: World, pools: readonly Pool[], holder: string): Promise<boolean> {
  for (const [index, pool] of pools.entries()) {
    if (await reserve(world, pool, holder)) continue;
    await release(world, pools.slice(0, index), holder);
    return false;
  }
  return true;
}
