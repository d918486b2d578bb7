import * as z from "zod";
import type { Context } from "../context.ts";
import { find } from "../inventory/index.ts";
import { Duration } from "../lib/duration.ts";
import { ClusterId, Vmid } from "../lib/field.ts";
import { badInput } from "../lib/issues.ts";
import { accept, Operation, planGuests, RateControl, toLimits, type GuestPlan } from "../operation/index.ts";
import type { SnapshotEntry } from "../proxmox/index.ts";
import { verb } from "../verb.ts";
import { ask, named } from "./ask.ts";
import { describe, expiryOf, jobOf, markerOf, pinOf, wordsOf, type Facts } from "./description.ts";
import { takenAt } from "./entry.ts";
import { SnapshotName } from "./name.ts";
import { TEN_YEARS, Words } from "./propose.ts";

const LONGEST_REASON = 500;

const Pin = z.strictObject({
  reason: z
    .string()
    .min(1)
    .max(LONGEST_REASON)
    .refine((text) => !/\p{Cc}/u.test(text), "must not hold control characters"),
  until: z.iso.datetime().nullable().default(null),
});

/** What is left out stays as it is; null takes a time to live, or a pin, away. */
const Input = z.strictObject({
  cluster: ClusterId,
  vmid: Vmid,
  name: SnapshotName,
  description: Words.optional(),
  ttl: Duration({ min: 60, max: TEN_YEARS }).nullable().optional(),
  pin: Pin.nullable().optional(),
  force: z.boolean().default(false),
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
});
type Input = z.infer<typeof Input>;

/** What the snapshot says of itself afterwards. A time to live counts from now. */
function changed(ctx: Context, input: Input, entry: SnapshotEntry): Facts & { readonly words: string } {
  const { description, ttl, pin } = input;
  const { description: before } = entry;
  const words = description ?? wordsOf(before);
  // New words may state a time to live as the original does.
  const from =
    ttl === undefined
      ? (expiryOf(description, takenAt(entry)) ?? expiryOf(before, takenAt(entry)))
      : undefined;
  return {
    // The original's own time to live would count again once the stated one is taken away.
    words: ttl === undefined ? words : words.replace(/ ?\(TTL: *\d{1,6}[mhd]\)/g, ""),
    marker: markerOf(before),
    job: jobOf(before),
    expiresAt: ttl ? new Date(ctx.clock.now().getTime() + ttl * 1000) : from,
    pin: pin === undefined ? pinOf(before) : (pin ?? undefined),
  };
}

const takenOf = ({ snaptime }: SnapshotEntry) => (snaptime === undefined ? {} : { snaptime });

/** A pin that is over already would hold nothing. */
function checkPin({ clock }: Context, { pin }: Input): void {
  if (!pin?.until || new Date(pin.until) > clock.now()) return;
  throw badInput([{ pointer: "/pin/until", code: "request.invalid", detail: "lies in the past" }]);
}

async function plan(ctx: Context, input: Input): Promise<GuestPlan> {
  checkPin(ctx, input);
  const guest = await find(ctx, input.cluster, input.vmid);
  const entry = named(await ask(ctx, guest), guest, input.name);
  const from = entry.description ?? "";
  const { words, ...facts } = changed(ctx, input, entry);
  const to = describe(words, facts);
  const expiresAt = facts.expiresAt?.toISOString() ?? null;
  const propose = () =>
    to === from.trimEnd()
      ? { run: false as const, code: "snapshot.unchanged", because: `${input.name} says so already` }
      : {
          run: true as const,
          because: `${input.name} is described anew`,
          detail: { name: input.name, from, to, expiresAt, ...takenOf(entry) },
        };
  const intent = {
    kind: "snapshot.update",
    action: "snapshot.update",
    bulk: false,
    force: input.force,
    propose,
  };
  return planGuests(ctx, intent, { guests: [guest], absent: [], others: [] });
}

/** Changes what a snapshot says of itself: its words, when it goes, and whether it is pinned. */
export const update = verb<typeof Input, typeof Operation, GuestPlan>({
  action: "snapshot.update",
  effect: "write",
  tracked: true,
  single: true,
  input: Input,
  output: Operation,
  target: (input) => `${input.cluster}/${input.vmid}`,
  plan,
  run: (ctx, input, { tasks }) =>
    accept(ctx, {
      kind: "snapshot.update",
      action: "snapshot.update",
      tasks,
      target: `${input.cluster}/${input.vmid}`,
      input,
      bulk: false,
      force: input.force,
      limits: toLimits(input, 1),
    }),
});
