import * as z from "zod";
import type { Context } from "../context.ts";
import { ClusterId, Flag } from "../lib/field.ts";
import { badInput, describeIssues } from "../lib/issues.ts";
import { isUnmarked, marked, MARKED } from "../lib/marker.ts";
import {
  accept,
  Operation,
  planGuests,
  RateControl,
  toLimits,
  type GuestPlan,
  type Proposal,
} from "../operation/index.ts";
import type { Action } from "../policy/index.ts";
import { verb } from "../verb.ts";
import { ACTIONS } from "./actions.ts";
import { BackupId } from "./backup.ts";
import { findBackup, type Found } from "./find.ts";
import { subjectOf } from "./subject.ts";

/** People may write more in Proxmox than is taken here, and what is shown of it is taken back. */
const LONGEST_SHOWN = 65_536;
const Notes = z
  .string()
  .max(8000)
  .refine((text) => !/\p{Cc}/u.test(text.replaceAll("\n", "")), "must not hold control characters")
  .refine(isUnmarked, MARKED);

const shape = {
  cluster: ClusterId,
  backup: BackupId,
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
};
const Update = z.strictObject({
  ...shape,
  notes: z
    .string()
    .max(LONGEST_SHOWN)
    .describe("At most 8000 characters, unless it is what is shown")
    .optional(),
  protected: z.boolean().optional(),
  override: z.boolean().default(false),
});
const Remove = z.strictObject({ ...shape, override: Flag.default(false) });
type Common = z.infer<typeof Remove>;

async function planOf(ctx: Context, input: Common, action: Action, propose: (found: Found) => Proposal) {
  const found = await findBackup(ctx, input.cluster, input.backup);
  const { gone, ...guest } = await subjectOf(ctx, found);
  const proposal = propose(found);
  const { volid, storage } = found.backup;
  const where = { volid, storage, node: found.place.node, gone };
  const full = proposal.run ? { ...proposal, detail: { ...where, ...proposal.detail } } : proposal;
  const intent = { kind: action.name, action, bulk: false, override: input.override, propose: () => full };
  return planGuests(ctx, intent, { guests: [guest], absent: [], others: [] });
}

const common = (action: Action) =>
  ({
    action: action.name,
    effect: "write",
    tracked: true,
    single: true,
    output: Operation,
    target: (input: Common) => `${input.cluster}/${input.backup}`,
    run: (ctx: Context, input: Common, { tasks }: GuestPlan) =>
      accept(ctx, {
        kind: action.name,
        action,
        tasks,
        target: `${input.cluster}/${input.backup}`,
        input,
        bulk: false,
        override: input.override,
        limits: toLimits(input, 1),
      }),
  }) as const;

/** The notes to write, with the line that names their maker; null where nothing is said but what is shown. */
function newNotes({ maker, backup }: Found, words: string | undefined): string | null {
  if (words === undefined || words.trimEnd() === backup.notes) return null;
  const { error } = z.object({ notes: Notes }).safeParse({ notes: words });
  if (error) throw badInput(describeIssues(error));
  return maker === undefined ? words : marked(words, maker);
}

/** Changes the notes of a backup and whether it is protected. */
export const update = verb<typeof Update, typeof Operation, GuestPlan>({
  ...common(ACTIONS.update),
  input: Update,
  plan: (ctx, input) =>
    planOf(ctx, input, ACTIONS.update, (found) => {
      const { backup } = found;
      const notes = newNotes(found, input.notes);
      const held =
        input.protected === undefined || input.protected === backup.protected ? null : input.protected;
      if (notes === null && held === null)
        return { run: false, code: "backup.unchanged", because: `${backup.volid} says so already` };
      const parts = [
        ...(notes === null ? [] : ["notes"]),
        ...(held === null ? [] : [held ? "protected" : "no more protected"]),
      ];
      return {
        run: true,
        because: `${backup.volid}: ${parts.join(", ")}`,
        detail: { notes, protected: held },
      };
    }),
});

/** Deletes a backup, on the node that holds it. */
export const remove = verb<typeof Remove, typeof Operation, GuestPlan>({
  ...common(ACTIONS.delete),
  input: Remove,
  plan: (ctx, input) =>
    planOf(ctx, input, ACTIONS.delete, ({ backup }) => {
      if (backup.protected)
        return {
          run: false,
          code: "backup.protected",
          because: `${backup.volid} is protected; take that off first`,
        };
      return { run: true, because: `deletes ${backup.volid} of ${backup.createdAt}` };
    }),
});
