import * as z from "zod";
import type { World } from "../context.ts";
import { LostRace, type Key, type Row } from "../db/index.ts";
import { hasEnded } from "../operation/index.ts";

/** Longer than an operation can live: its deadline is a week at most, and its last task a day. */
const KEEP_SECONDS = 9 * 86_400;
const DIGITS = 9;

const Kept = z.object({ sk: z.string(), holder: z.string(), expiresAt: z.number() });

/** A VMID that is kept for an item, until that has ended. */
export interface Reservation {
  readonly vmid: number;
  readonly holder: string;
}

const partition = (cluster: string) => `vmid#${cluster}`;

/** The row that keeps a VMID; removing it gives the VMID back. */
export const reservationKey = (cluster: string, vmid: number): Key => ({
  pk: partition(cluster),
  sk: String(vmid).padStart(DIGITS, "0"),
});

const seconds = (world: World) => Math.floor(world.clock.now().getTime() / 1000);

/** The VMIDs of a cluster that are kept, also those for holders that have ended. */
export async function reservations(world: World, cluster: string): Promise<Reservation[]> {
  const rows = await world.store.query({ table: "State", pk: partition(cluster) });
  return rows
    .map((row) => Kept.parse(row))
    .filter((row) => row.expiresAt > seconds(world))
    .map(({ sk, holder }) => ({ vmid: Number(sk), holder }));
}

/**
 * Keeps a VMID for a holder; what stands in the way is the other holder, "" for one unknown. A reservation is good until
 * its holder has ended, so that nobody is kept out by a worker that died before it could say what it had taken.
 */
export async function claim(world: World, cluster: string, wish: Reservation): Promise<string | undefined> {
  const { vmid, holder } = wish;
  const put = { ...reservationKey(cluster, vmid), holder, expiresAt: seconds(world) + KEEP_SECONDS };
  try {
    await world.store.write([{ table: "State", put, when: { exists: false } }]);
    return undefined;
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    const there = Kept.safeParse(error.current).data;
    if (there?.holder === holder) return undefined;
    const over = there && (there.expiresAt <= seconds(world) || (await hasEnded(world, there.holder)));
    return over ? takeOver(world, put, there.holder) : (there?.holder ?? "");
  }
}

async function takeOver(world: World, put: Row, other: string) {
  try {
    await world.store.write([{ table: "State", put, when: { equals: { holder: other } } }]);
    return undefined;
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    return Kept.safeParse(error.current).data?.holder ?? "";
  }
}

/** Gives a VMID back; nothing happens when it is kept for another. */
export async function free(world: World, cluster: string, { vmid, holder }: Reservation): Promise<void> {
  const change = {
    table: "State" as const,
    remove: reservationKey(cluster, vmid),
    when: { equals: { holder } },
  };
  await world.store.write([change]).catch((error: unknown) => {
    if (!(error instanceof LostRace)) throw error;
  });
}
