import * as z from "zod";
import { ClusterId, StorageId, Vmid } from "../lib/field.ts";
import { RateControl } from "../operation/index.ts";
import { AnyDiskName } from "../disk/index.ts";
import { Volid } from "./backup.ts";

/** Which backup, and what is to become of it. What is left out is chosen, or Proxmox's own default. */
export const RestoreInput = z.strictObject({
  cluster: ClusterId,
  volid: Volid,
  vmid: Vmid.optional(),
  node: z.string().max(63).optional(),
  /** Where all disks go that `storages` does not name. */
  storage: StorageId.optional(),
  /** Where single disks go, by their names in the backup. */
  storages: z.record(AnyDiskName, StorageId).optional(),
  pool: z.string().max(100).optional(),
  /** New MAC addresses and machine ids; by default for a guest beside the one that was backed up. */
  unique: z.boolean().optional(),
  start: z.boolean().default(false),
  bandwidthBytes: z.number().int().min(1024).max(1_000_000_000_000).optional(),
  /** Replaces the guest that has the VMID. */
  force: z.boolean().default(false),
  /** Sets aside the rules that would keep that guest as it is. */
  override: z.boolean().default(false),
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
});
export type RestoreInput = z.infer<typeof RestoreInput>;
