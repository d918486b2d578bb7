import * as z from "zod";
import type { Context } from "../context.ts";
import { ClusterId, Vmid } from "../lib/field.ts";
import { badInput } from "../lib/issues.ts";
import { RateControl, single, type Proposal } from "../operation/index.ts";
import { snapshots, type SnapshotEntry } from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";
import { named } from "./ask.ts";
import { describe, expiryOf, jobOf, markerOf, pinOf, wordsOf, type Facts } from "./description.ts";
import { takenAt } from "./entry.ts";
import { SnapshotName } from "./name.ts";
import { Words } from "./propose.ts";
import { Ttl, withoutTtl } from "./ttl.ts";

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
  ttl: Ttl.nullable().optional(),
  pin: Pin.nullable().optional(),
  override: z.boolean().default(false),
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
    words: ttl === undefined ? words : withoutTtl(words),
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

/** Changes what a snapshot says of itself: its words, when it goes, and whether it is pinned. */
export const update = single({
  action: ACTIONS.update,
  input: Input,
  async propose({ ctx, guest, proxmox }, input): Promise<Proposal> {
    checkPin(ctx, input);
    const entry = named(await snapshots(proxmox, guest), guest, input.name);
    const from = entry.description ?? "";
    const { words, ...facts } = changed(ctx, input, entry);
    const to = describe(words, facts);
    const expiresAt = facts.expiresAt?.toISOString() ?? null;
    if (to === from.trimEnd())
      return { run: false, code: "snapshot.unchanged", because: `${input.name} says so already` };
    const detail = { name: input.name, from, to, expiresAt, ...takenOf(entry) };
    return { run: true, because: `${input.name} is described anew`, detail };
  },
});
