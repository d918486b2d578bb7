import * as z from "zod";
import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { Duration } from "../lib/duration.ts";
import {
  accept,
  chooseGuests,
  Operation,
  planGuests,
  RateControl,
  toLimits,
  type GuestPlan,
  type Order,
} from "../operation/index.ts";
import { Selection } from "../selector/index.ts";
import { verb } from "../verb.ts";
import { badPattern, snapshotName } from "./name.ts";

const TEN_YEARS = 3650 * 86_400;
/** Control characters would break the lines of a guest's configuration. */
const WORDS = /^[^\p{Cc}]*(?:[\n\t][^\p{Cc}]*)*$/u;

const Name = z
  .string()
  .min(1)
  .max(120)
  .superRefine((pattern, ctx) => {
    const problem = badPattern(pattern);
    if (problem !== undefined) ctx.addIssue({ code: "custom", message: problem });
  });

/** What is wanted of the snapshots; also the params of a job. */
export const SnapshotParams = z.strictObject({
  name: Name.default("{vm}-{datetime}"),
  description: z.string().max(4000).regex(WORDS, "must not hold control characters").default(""),
  ttl: Duration({ min: 60, max: TEN_YEARS }).optional(),
  memory: z.boolean().default(false),
});

/** Which guests, what snapshots, at what pace. */
export const BulkInput = z.strictObject({ select: Selection, ...SnapshotParams.shape, ...RateControl });
type Input = z.infer<typeof BulkInput>;

/** What would be done to one guest: its name and its expiry are fixed here, so that a repeat makes the same. */
function propose(ctx: Context, input: Input) {
  const at = ctx.clock.now();
  const expiresAt = input.ttl === undefined ? null : new Date(at.getTime() + input.ttl * 1000).toISOString();
  return (guest: Guest) => {
    if (guest.template)
      return { run: false as const, code: "vm.template", because: `${guest.id} is a template` };
    const made = snapshotName(input.name, guest, at);
    if ("because" in made) return { run: false as const, code: "snapshot.name", because: made.because };
    const detail = { name: made.name, words: input.description, memory: input.memory, expiresAt };
    return {
      run: true as const,
      because: `snapshot ${made.name}${expiresAt ? `, until ${expiresAt}` : ""}`,
      detail,
    };
  };
}

/** What a snapshot of every guest that the selector chooses would do. */
export async function plan(ctx: Context, input: Input): Promise<GuestPlan> {
  const chosen = await chooseGuests(ctx, "snapshot.create", input.select);
  const intent = {
    kind: "bulk.snapshot",
    action: "snapshot.create",
    bulk: true,
    force: false,
    propose: propose(ctx, input),
  };
  return planGuests(ctx, intent, chosen);
}

/** The order that such a plan becomes. */
export const toOrder = (input: Input, planned: GuestPlan): Order => ({
  kind: "bulk.snapshot",
  action: "snapshot.create",
  tasks: planned.tasks,
  target: `${planned.tasks.length} guests by selector`,
  input,
  bulk: true,
  force: false,
  limits: toLimits(input, planned.summary.run),
});

/** Takes a snapshot of every guest that the selector chooses. */
export const bulk = verb<typeof BulkInput, typeof Operation, GuestPlan>({
  action: "snapshot.create",
  effect: "write",
  tracked: true,
  single: false,
  input: BulkInput,
  output: Operation,
  target: () => "guests by selector",
  plan,
  run: (ctx, input, planned) => accept(ctx, toOrder(input, planned)),
});
