import * as z from "zod";
import { Duration } from "../lib/duration.ts";
import { Flag } from "../lib/field.ts";

const Storage = z
  .string()
  .max(100)
  .regex(/^[a-zA-Z][a-zA-Z0-9._-]*[a-zA-Z0-9]$/, "must be the id of a storage");

/** How guests are moved; also what a plan says of each. A VM that runs always goes live. */
export const MigrateShape = {
  /** A node; one that can take the guest is chosen otherwise. */
  target: z
    .string()
    .max(63)
    .regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/, "must be the name of a node")
    .optional(),
  /** Where the disks go: all to one storage, or those of each that is named; otherwise to the same as they are on. */
  targetStorage: z.union([Storage, z.record(Storage, Storage)]).optional(),
  /** Whether a VM that runs may take along disks that only its node has. */
  withLocalDisks: Flag.default(true),
  /** Whether a container that runs may be shut down, moved and started again: it cannot be moved live. */
  restart: Flag.default(false),
  /** Of that shutdown. */
  timeout: Duration({ min: 1, max: 3600 }).optional(),
  /** Per second. */
  bandwidthBytes: z.number().int().min(1024).max(1_000_000_000_000).optional(),
};

/** What of it the caller wants. */
export type Manner = z.infer<z.ZodObject<typeof MigrateShape>>;

/** A timeout is for a shutdown that only `restart` does; it would be left out in silence otherwise. */
export function complain(
  { restart, timeout }: Pick<Manner, "restart" | "timeout">,
  ctx: z.core.$RefinementCtx,
) {
  if (timeout !== undefined && !restart)
    ctx.addIssue({ code: "custom", path: ["timeout"], message: "goes with restart only" });
}

/** Where the disks of a storage go. */
export const storageFor = ({ targetStorage }: Pick<Manner, "targetStorage">, storage: string) =>
  typeof targetStorage === "string" ? targetStorage : (targetStorage?.[storage] ?? storage);
