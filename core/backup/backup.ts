import * as z from "zod";
import { unmarked } from "../lib/marker.ts";
import type { BackupEntry } from "../proxmox/index.ts";

/** A backup as every answer shows it. `id` is the base64url of its volid; `vm` is null where nobody tells whose it is. */
export const Backup = z.object({
  id: z.string(),
  cluster: z.string(),
  storage: z.string(),
  /** The node that holds it; null on a storage that all share. */
  node: z.string().nullable(),
  volid: z.string(),
  vm: z.string().nullable(),
  createdAt: z.string(),
  sizeBytes: z.number(),
  format: z.string(),
  notes: z.string(),
  protected: z.boolean(),
  /** What the Proxmox Backup Server found, `none` while it has not looked; `unknown` on any other storage. */
  verification: z.enum(["ok", "failed", "none", "unknown"]),
  encrypted: z.boolean(),
});
export type Backup = z.infer<typeof Backup>;

/** Where backups lie, and the node to ask. */
export interface Place {
  readonly cluster: string;
  readonly storage: string;
  readonly node: string;
  readonly shared: boolean;
  /** The type of the storage, such as `nfs` or `pbs`. */
  readonly type: string;
}

/** The id of a backup in an address: API Gateway would decode a slash. */
export const toId = (volid: string) => Buffer.from(volid).toString("base64url");

/** A volid of a backup: the storage, then a path that leads nowhere else, of what Proxmox takes in an address. */
const VOLID = /^[A-Za-z][A-Za-z0-9._-]*:backup(?:\/(?:\.?[!-\-0-~][!-.0-~]*|\.\.[!-.0-~]+))+$/;

/** The id of a backup in an input, which is its volid then. */
export const BackupId = z
  .string()
  .max(600)
  .regex(/^[A-Za-z0-9_-]+$/, "must be the id of a backup")
  .transform((text, context) => {
    const volid = Buffer.from(text, "base64url").toString("utf8");
    if (VOLID.test(volid)) return volid;
    context.addIssue({ code: "custom", message: "must be the id of a backup" });
    return z.NEVER;
  });

/** A volid in an input. */
export const Volid = z.string().max(400).regex(VOLID, "must be the volid of a backup");

function verification({ verification: found }: BackupEntry, type: string): Backup["verification"] {
  if (type !== "pbs") return "unknown";
  if (!found) return "none";
  return found.state === "ok" ? "ok" : "failed";
}

/** A backup out of a row of a storage's content. */
export function toBackup(place: Place, entry: BackupEntry): Backup {
  const { cluster, storage, node, shared, type } = place;
  return {
    id: toId(entry.volid),
    cluster,
    storage,
    node: shared ? null : node,
    volid: entry.volid,
    vm: entry.vmid === undefined ? null : `${cluster}/${entry.vmid}`,
    createdAt: new Date(entry.ctime * 1000).toISOString(),
    sizeBytes: entry.size,
    format: entry.format,
    notes: unmarked(entry.notes),
    protected: entry.protected,
    verification: verification(entry, type),
    encrypted: entry.encrypted !== undefined && entry.encrypted !== "",
  };
}

/** The kind of guest that a backup makes, by its volid. */
export const kindOf = (volid: string) => (/vzdump-lxc-|:backup\/ct\//.test(volid) ? "lxc" : "qemu");
