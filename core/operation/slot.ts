import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";

/** The slots of a node: as many as Proxmox tasks may run there at once. */
export const nodePool = (lane: string) => `slot#${lane}`;

/** The slots of an operation that limits its own concurrency. */
export const operationPool = (operation: string) => `slot#${operation}`;

const slotKey = (pool: string, index: number) => ({ pk: pool, sk: String(index).padStart(5, "0") });

/** A slot that is held, by whom and since when. */
export interface Slot {
  readonly index: number;
  readonly holder: string;
  readonly at: string;
}

/** The slots of a pool that are held now. */
export async function held(world: World, pool: string): Promise<Slot[]> {
  const rows = await world.store.query({ table: "Runtime", pk: pool });
  return rows.map((row) => ({ index: Number(row.sk), holder: String(row["holder"]), at: String(row["at"]) }));
}

/** Takes a free slot for a holder, or finds that it has one; false when all `size` are taken. */
export async function reserve(world: World, pool: string, size: number, holder: string): Promise<boolean> {
  const taken = await held(world, pool);
  if (taken.some((slot) => slot.holder === holder)) return true;
  const at = world.clock.now().toISOString();
  for (let index = 0; index < size; index++) {
    if (taken.some((slot) => slot.index === index)) continue;
    try {
      await world.store.write([
        { table: "Runtime", put: { ...slotKey(pool, index), holder, at }, when: { exists: false } },
      ]);
      return true;
    } catch (error) {
      if (!(error instanceof LostRace)) throw error;
      if (error.current?.["holder"] === holder) return true;
    }
  }
  return false;
}

/** Gives back what a holder has of a pool; nothing happens when it has nothing. */
export async function release(world: World, pool: string, holder: string): Promise<void> {
  const mine = (await held(world, pool)).filter((slot) => slot.holder === holder);
  for (const slot of mine) {
    await world.store
      .write([{ table: "Runtime", remove: slotKey(pool, slot.index), when: { equals: { holder } } }])
      .catch((error: unknown) => {
        if (!(error instanceof LostRace)) throw error;
      });
  }
}
