import * as z from "zod";
import { Timezone } from "../lib/timezone.ts";
import { RateControl } from "../operation/index.ts";
import { Keep, LegacyKeep } from "../retention/index.ts";
import { Selection } from "../selector/index.ts";

/** How backups are thinned out: `keep` in Proxmox's words, or a policy of the original such as `days:7`. */
export const PruneParams = z.strictObject({
  keep: z.union([Keep, LegacyKeep]),
  storage: z.string().max(100).optional(),
  /** Whose wall clock days and weeks are those of. */
  timezone: Timezone.default("UTC"),
  /** Thins out a storage too that shows far fewer backups than it did. */
  force: z.boolean().default(false),
});

/** Which guests, and what of theirs is kept. */
export const PruneInput = z.strictObject({
  select: Selection,
  ...PruneParams.shape,
  override: z.boolean().default(false),
  ...RateControl,
});
export type PruneInput = z.infer<typeof PruneInput>;
