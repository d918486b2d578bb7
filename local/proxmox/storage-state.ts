import * as z from "zod";

/** A storage of the cluster. */
export const Storage = z.object({
  storage: z.string(),
  type: z.string(),
  content: z.array(z.string()),
  shared: z.boolean(),
  path: z.string().optional(),
  /** Bytes. */
  total: z.number(),
  disabled: z.boolean().optional(),
  /** Nothing more goes in. */
  full: z.boolean().optional(),
  /** The only nodes that have it. */
  nodes: z.array(z.string()).optional(),
  /** What is kept of backups: `keep-last=3`. */
  prune: z.string().optional(),
  /** The rest of its section in storage.cfg. */
  options: z.record(z.string(), z.string()).optional(),
});
export type Storage = z.infer<typeof Storage>;

/** What lies on a storage: a disk, a backup, an ISO image. */
export const Volume = z.object({
  volid: z.string(),
  storage: z.string(),
  /** The one node that has it, on storage that is not shared; each has it where this is not said. */
  node: z.string().optional(),
  content: z.string(),
  format: z.string(),
  size: z.number(),
  used: z.number(),
  ctime: z.number(),
  vmid: z.number().optional(),
  subtype: z.string().optional(),
  notes: z.string().optional(),
  protected: z.boolean().optional(),
  /** What a Proxmox Backup Server found when it looked at a backup, and the key that it is encrypted with. */
  verification: z.object({ state: z.enum(["ok", "failed"]), upid: z.string() }).optional(),
  encrypted: z.string().optional(),
  /** What a backup would bring back. */
  config: z.record(z.string(), z.string()).optional(),
});
export type Volume = z.infer<typeof Volume>;
