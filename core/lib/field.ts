import * as z from "zod";

/** A yes or no that may come as JSON or as a query parameter. */
export const Flag = z.union([z.boolean(), z.stringbool({ truthy: ["true", "1"], falsy: ["false", "0"] })]);

/** `fresh` where nothing is kept that could be old: Proxmox is asked either way. */
export const Fresh = Flag.describe("Proxmox itself is asked either way").default(true);

/** A VMID within Proxmox's limits, from a path, a query or a body; in text decimal digits only. */
export const Vmid = z.preprocess(
  (value) => (typeof value === "string" && !/^\d{1,9}$/.test(value) ? Number.NaN : value),
  z.coerce.number().int().min(100).max(999_999_999),
);

/** The id of a storage in Proxmox's configuration. */
export const StorageId = z
  .string()
  .max(100)
  .regex(/^[a-zA-Z][a-zA-Z0-9._-]*[a-zA-Z0-9]$/, "must be the id of a storage");

/** The id of a registered cluster. */
export const ClusterId = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "must be a cluster id such as main");
