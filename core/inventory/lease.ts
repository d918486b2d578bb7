import type { World } from "../context.ts";
import { LostRace, type Condition, type Row } from "../db/index.ts";

/** Longer than a worker lists, shorter than the time between two ticks: what a dead one held is free at the next. */
const LEASE_MS = 55_000;
const KEEP_SECONDS = 3600;

const keyOf = (cluster: string) => ({ pk: `inventory#${cluster}`, sk: "lease" });

/** Whether its holder may still be at work. A time far ahead is that of another clock, and holds nobody up. */
const isHeld = (row: Row, now: Date) => Math.abs(now.getTime() - Date.parse(String(row["at"]))) < LEASE_MS;

/** Takes the lease; what stands in the way otherwise. */
async function put(world: World, cluster: string, holder: string, when: Condition): Promise<Row | undefined> {
  const now = world.clock.now();
  const expiresAt = Math.floor(now.getTime() / 1000) + KEEP_SECONDS;
  const row = { ...keyOf(cluster), holder, at: now.toISOString(), expiresAt };
  try {
    await world.store.write([{ table: "Runtime", put: row, when }]);
    return undefined;
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    return error.current ?? row;
  }
}

/** False while another lists the cluster. */
async function take(world: World, cluster: string, holder: string): Promise<boolean> {
  const other = await put(world, cluster, holder, { exists: false });
  if (!other) return true;
  if (isHeld(other, world.clock.now())) return false;
  const equals = { holder: String(other["holder"]), at: String(other["at"]) };
  return (await put(world, cluster, holder, { equals })) === undefined;
}

/** Does this while nobody else does it to the cluster, or not at all; `holder` is told apart from any other. */
export async function alone(
  world: World,
  cluster: string,
  holder: string,
  work: () => Promise<unknown>,
): Promise<void> {
  if (!(await take(world, cluster, holder))) {
    world.log.info("inventory", { cluster, outcome: "another listing is under way" });
    return;
  }
  await work();
  const equals = { holder };
  await world.store
    .write([{ table: "Runtime", remove: keyOf(cluster), when: { equals } }])
    .catch((error: unknown) => {
      if (!(error instanceof LostRace)) throw error;
    });
}
