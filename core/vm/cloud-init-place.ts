import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { storagesOf, unfit } from "../storage/index.ts";
import { cloudInitDrive } from "./cloud-init-drive.ts";

/** Why a drive that is missing cannot be made on the storage that is asked for: one request, where it is asked for at all. */
export async function driveObstacle(
  ctx: Context,
  { cluster, node }: Guest,
  {
    config,
    storage,
  }: { readonly config: Readonly<Record<string, unknown>>; readonly storage: string | undefined },
) {
  if (storage === undefined || cloudInitDrive(config) !== undefined) return undefined;
  const { storages } = await storagesOf(ctx, cluster);
  return unfit(storages, { storage, node, content: "images" });
}
