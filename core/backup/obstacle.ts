import type { Guest } from "../inventory/index.ts";
import { unfit, type Storage } from "../storage/index.ts";
import type { BackupParams } from "./options.ts";

/** Why a backup of a guest cannot lie where it is to, or its images for fleecing cannot; undefined for nothing. Pure. */
export function obstacle(
  storages: readonly Storage[],
  { cluster, node }: Pick<Guest, "cluster" | "node">,
  wanted: Pick<BackupParams, "storage" | "fleecing">,
) {
  const own = storages.filter((one) => one.cluster === cluster);
  const { storage, fleecing } = wanted;
  return (
    unfit(own, { storage, node, content: "backup" }) ??
    (fleecing && unfit(own, { storage: fleecing.storage, node, content: "images" }))
  );
}
