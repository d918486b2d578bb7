import * as z from "zod";
import { StorageId } from "../lib/field.ts";
import { isUnmarked, MARKED } from "../lib/marker.ts";

/** What Proxmox calls each way to compress; none is a zero there. */
export const COMPRESSION = { none: "0", lzo: "lzo", gzip: "gzip", zstd: "zstd" } as const;

/** Proxmox takes so much of a template for notes, of which the line with our marker is the rest. */
const MOST_NOTES = 1024 - 64;

/** Proxmox writes notes in one line and reads `\n` back, so a backslash is doubled. */
export const inOneLine = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("\n", String.raw`\n`);

/** Words of a caller; the last line of the notes is ours, and Proxmox fills in what stands in double braces. */
const Notes = z
  .string()
  .refine((text) => inOneLine(text).length <= MOST_NOTES, `must have at most ${MOST_NOTES} characters`)
  .refine((text) => !/\p{Cc}/u.test(text.replaceAll("\n", "")), "must not hold control characters")
  .refine(isUnmarked, MARKED)
  .refine(
    (text) => [...text.matchAll(/\{\{(.*?)\}\}/g)].every(([, name = ""]) => TOKENS.has(name)),
    "may hold {{cluster}}, {{guestname}}, {{node}} and {{vmid}}, and no other double braces",
  );
const TOKENS = new Set(["cluster", "guestname", "node", "vmid"]);

/** What is wanted of a backup; also the params of a job. `bandwidthBytes` is per second. */
export const BackupParams = z.strictObject({
  storage: StorageId,
  mode: z.enum(["snapshot", "suspend", "stop"]).default("snapshot"),
  compression: z.enum(["none", "lzo", "gzip", "zstd"]).default("zstd"),
  notes: Notes.default(""),
  protected: z.boolean().default(false),
  bandwidthBytes: z.number().int().min(1024).max(1_000_000_000_000).optional(),
  /** A storage that takes what a slow target cannot take as fast as the guest writes; from Proxmox VE 8.2 on. */
  fleecing: z.strictObject({ storage: StorageId }).optional(),
});
export type BackupParams = z.infer<typeof BackupParams>;
