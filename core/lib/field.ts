import * as z from "zod";

/** Text on one line; the pattern is one that generators of clients can read, which know no `\p{Cc}`. */
export const Line = z
  .string()
  .regex(new RegExp(String.raw`^[^\u0000-\u001f\u007f-\u009f]+$`), "must not hold control characters");

/** A yes or no that may come as JSON or as a query parameter. */
export const Flag = z.union([
  z.boolean(),
  z.enum(["true", "false", "1", "0"]).transform((text) => text === "true" || text === "1"),
]);

/** `fresh` where nothing is kept that could be old: Proxmox is asked either way. */
export const Fresh = Flag.describe("Proxmox itself is asked either way").default(true);

/** A VMID within Proxmox's limits, from a path, a query or a body; in text decimal digits only. */
export const Vmid = z.preprocess(
  (value) => (typeof value === "string" && !/^\d{1,9}$/.test(value) ? Number.NaN : value),
  z.coerce.number().int().min(100).max(999_999_999).describe("The VMID of a guest, such as 101"),
);

/** The id of a storage in Proxmox's configuration. */
export const StorageId = z
  .string()
  .max(100)
  .regex(/^[a-zA-Z][a-zA-Z0-9._-]*[a-zA-Z0-9]$/, "must be the id of a storage")
  .describe("The id of a storage, such as local-lvm");

/** The id of a registered cluster. */
export const ClusterId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, "must be a cluster id such as main")
  .describe("The id of a registered cluster, such as main");
