import * as z from "zod";
import { Warning } from "../lib/page.ts";
import { PlanPage, type Plan } from "../plan.ts";
import { Backup } from "./backup.ts";
import type { Fate } from "./prune-plan.ts";

export const KIND = "backup.prune";

/** What a dry run tells: of each backup whether it stays, and why. */
export const PrunePreview = z.object({
  kind: z.literal(KIND),
  partial: z.literal(true).optional(),
  warnings: z.array(Warning).optional(),
  items: z.array(
    Backup.pick({ volid: true, vm: true, createdAt: true }).extend({
      keep: z.boolean(),
      because: z.string(),
    }),
  ),
  summary: z.object({
    keep: z.number().int(),
    remove: z.number().int(),
    reasons: PlanPage.shape.summary.shape.reasons,
  }),
  nextCursor: PlanPage.shape.nextCursor,
});

/** The fates of backups as a dry run shows them. */
export const shown = ({
  fates,
  partial,
  warnings,
}: Plan & { readonly fates: readonly Fate[] }): z.infer<typeof PrunePreview> => ({
  kind: KIND,
  ...(partial === undefined ? {} : { partial, warnings }),
  items: fates.map(({ backup, keep, because }) => {
    const { volid, vm, createdAt } = backup;
    return { volid, vm, createdAt, keep, because };
  }),
  summary: {
    keep: fates.filter(({ keep }) => keep).length,
    remove: fates.filter(({ keep }) => !keep).length,
  },
});
