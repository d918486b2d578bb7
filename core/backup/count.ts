import * as z from "zod";
import type { World } from "../context.ts";
import type { Change } from "../db/index.ts";
import type { Backup } from "./backup.ts";

/** A storage that shows fewer than this share of what it held after the last prune is not believed. */
const LEAST = 0.8;
const Row = z.object({ sk: z.string(), count: z.number(), at: z.string() });

const key = ({ storage, node }: Pick<Backup, "storage" | "node">) => `${storage}#${node ?? ""}`;
const partition = (cluster: string) => `backups#${cluster}`;

const counted = (backups: readonly Backup[]) => Map.groupBy(backups, key);

/** Storages of a cluster that show far fewer backups than after the last prune, each with the sentence that says so. */
export async function shrunken(
  world: World,
  cluster: string,
  backups: readonly Backup[],
): Promise<(backup: Pick<Backup, "storage" | "node">) => string | undefined> {
  const rows = await world.store.query({ table: "State", pk: partition(cluster) });
  const now = counted(backups);
  const reasons = new Map<string, string>();
  for (const { sk, count, at } of rows.map((row) => Row.parse(row))) {
    const left = now.get(sk)?.length ?? 0;
    if (left >= count * LEAST) continue;
    reasons.set(sk, `the storage shows ${left} backups, and held ${count} after the prune of ${at}`);
  }
  return (backup) => reasons.get(key(backup));
}

/** The changes that remember how many backups each storage holds once these are gone. */
export function remembered(
  world: World,
  cluster: string,
  backups: readonly Backup[],
  going: ReadonlySet<string>,
): Change[] {
  const at = world.clock.now().toISOString();
  return [...counted(backups)].map(([sk, members]) => {
    const count = members.filter(({ volid }) => !going.has(volid)).length;
    return { table: "State", put: { pk: partition(cluster), sk, count, at } };
  });
}
