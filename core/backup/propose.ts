import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import type { Order, Proposal } from "../operation/index.ts";
import { storageParts, unfit, type Storage } from "../storage/index.ts";
import type { BackupParams } from "./options.ts";

/** One vzdump at a time on a node: it holds a lock of the whole node, and all others wait for it there. */
export const POOLS: NonNullable<Order["pools"]> = [{ name: "backup#{lane}", size: 1 }];

/** Why a storage cannot take backups of a guest, or undefined. */
function hindrance(storages: readonly Storage[], guest: Guest, name: string) {
  const here = storages.filter(({ cluster, storage }) => cluster === guest.cluster && storage === name);
  const reached = here.find(({ nodes }) => nodes.includes(guest.node));
  const where = `storage ${name} of cluster ${guest.cluster}`;
  if (here.length === 0) return { code: "storage.missing", because: `there is no ${where}` };
  if (!reached) return { code: "storage.missing", because: `${where} is not on node ${guest.node}` };
  if (!reached.content.includes("backup"))
    return { code: "storage.content", because: `${where} does not hold backups` };
  return reached.active ? undefined : { code: "storage.inactive", because: `${where} is not active` };
}

/** Why images for fleecing cannot lie where they are to; containers have none. */
function fleecingObstacle(
  storages: readonly Storage[],
  { cluster, node, type }: Guest,
  name: string | undefined,
) {
  if (name === undefined || type === "lxc") return undefined;
  const here = storages.filter((one) => one.cluster === cluster);
  return unfit(here, { storage: name, node, content: "images" });
}

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
    const reason =
      hindrance(storages, guest, storage) ?? fleecingObstacle(storages, guest, fleecing?.storage);
    if (reason) return { run: false, ...reason };
    const how = mode === "stop" && guest.status === "running" ? ", for which it is shut down" : "";
    return { run: true, because: `a backup on ${storage}${how}`, detail };
  };
}
