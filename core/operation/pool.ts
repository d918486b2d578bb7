import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import type { Pool } from "./operation.ts";

const slotKey = (pool: string, index: number) => ({
  pk: `slot#${pool}`,
  sk: String(index).padStart(5, "0"),
});

/** What of a pool is taken, and by whom. */
async function taken(world: World, pool: string): Promise<{ index: number; holder: string }[]> {
  const rows = await world.store.query({ table: "Runtime", pk: `slot#${pool}` });
  return rows.map((row) => ({ index: Number(row.sk), holder: String(row["holder"]) }));
}

/** Takes a free slot of a pool for a holder, or finds that it has one; false when all are taken. */
async function reserve(world: World, { name, size }: Pool, holder: string): Promise<boolean> {
  const slots = await taken(world, name);
  if (slots.some((slot) => slot.holder === holder)) return true;
  for (let index = 0; index < size; index++) {
    if (slots.some((slot) => slot.index === index)) continue;
    try {
      await world.store.write([
        { table: "Runtime", put: { ...slotKey(name, index), holder }, when: { exists: false } },
      ]);
      return true;
    } catch (error) {
      if (!(error instanceof LostRace)) throw error;
      if (error.current?.["holder"] === holder) return true;
    }
  }
  return false;
}

/** Gives back what a holder has of these pools; nothing happens where it has nothing. */
export async function release(world: World, pools: readonly Pool[], holder: string): Promise<void> {
  for (const { name } of pools) {
    for (const slot of (await taken(world, name)).filter((one) => one.holder === holder)) {
      await world.store
        .write([{ table: "Runtime", remove: slotKey(name, slot.index), when: { equals: { holder } } }])
        .catch((error: unknown) => {
          if (!(error instanceof LostRace)) throw error;
        });
    }
  }
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
