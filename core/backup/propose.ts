import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import type { Order, Proposal } from "../operation/index.ts";
import { storageParts } from "../storage/index.ts";
import { obstacle } from "./obstacle.ts";
import type { BackupParams } from "./options.ts";

/** One vzdump at a time on a node: it holds a lock of the whole node, and all others wait for it there. */
export const POOLS: NonNullable<Order["pools"]> = [{ name: "backup#{lane}", size: 1 }];

/** What a backup of each guest would do: the storages are looked at once for all of them. */
export async function proposals(
  ctx: Context,
  wanted: BackupParams,
  cluster?: string,
): Promise<(guest: Guest) => Proposal> {
  const { storages, warnings } = await storageParts(ctx, cluster);
  const { storage, mode, compression, notes, protected: held, bandwidthBytes = null, fleecing } = wanted;
  const detail = {
    storage,
    mode,
    compression,
    notes,
    protected: held,
    bandwidthBytes,
    fleecing: fleecing?.storage ?? null,
  };
  return (guest) => {
    const silent = warnings.find(({ code }) => code !== "node.offline");
    if (silent && !storages.some((one) => one.cluster === guest.cluster))
      throw new Fault("unreachable", "storage.unreachable", `The storages cannot be read: ${silent.detail}.`);
    const reason = obstacle(storages, guest, wanted);
    if (reason) return { run: false, ...reason };
    const how = mode === "stop" && guest.status === "running" ? ", for which it is shut down" : "";
    return { run: true, because: `a backup on ${storage}${how}`, detail };
  };
}
