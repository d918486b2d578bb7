import * as z from "zod";
import type { World } from "../context.ts";
import type { Change } from "../db/index.ts";
import type { Backup, Place } from "./backup.ts";

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

/** What a prune saw of a cluster, and what it means to do there. */
interface Pruned {
  readonly cluster: string;
  /** The storages that told what they hold, with backups or without. */
  readonly places: readonly Place[];
  readonly backups: readonly Backup[];
  readonly going: ReadonlySet<string>;
  /** Why a storage is held back. What it held before counts until somebody says that less is right. */
  readonly heldBack: (backup: Pick<Backup, "storage" | "node">) => string | undefined;
}

/** The changes that remember how many backups each storage holds once these are gone. */
export function remembered(world: World, { cluster, places, backups, going, heldBack }: Pruned): Change[] {
  const at = world.clock.now().toISOString();
  const now = counted(backups);
  const sites = places.map(({ storage, node, shared }) => ({ storage, node: shared ? null : node }));
  return sites
    .filter((site) => heldBack(site) === undefined)
    .map((site) => {
      const left = (now.get(key(site)) ?? []).filter(({ volid }) => !going.has(volid));
      return { table: "State", put: { pk: partition(cluster), sk: key(site), count: left.length, at } };
    });
}
