import * as z from "zod";
import { canonical } from "../lib/canonical.ts";
import type { FieldError } from "../lib/fault.ts";
import { ClusterId, Vmid } from "../lib/field.ts";
import { badInput, describeIssues } from "../lib/issues.ts";
import { RateControl } from "../operation/index.ts";
import type { SnapshotEntry } from "../proxmox/index.ts";
import { badExpiry, describe } from "./description.ts";
import { takenAt, toSnapshot, type Snapshot } from "./entry.ts";
import { SnapshotName } from "./name.ts";
import { Words } from "./propose.ts";
import { isTtl, Ttl, TTL_RANGE } from "./ttl.ts";

const LONGEST_REASON = 500;
/** People may write more in Proxmox than is taken here, and what is shown of it is taken back. */
const LONGEST_SHOWN = 65_536;

const Instant = z.iso.datetime({ offset: true });

/** What is left out, or says what is shown, stays as it is; null takes the time at which it goes, or a pin, away. */
export const UpdateInput = z
  .strictObject({
    cluster: ClusterId,
    vmid: Vmid,
    name: SnapshotName,
    description: z
      .string()
      .max(LONGEST_SHOWN)
      .describe("At most 4000 characters, unless it is what is shown")
      .optional(),
    ttl: Ttl.nullable().optional(),
    expiresAt: Instant.nullable().describe("When it goes, as it is shown; instead of `ttl`").optional(),
    pin: z
      .strictObject({ reason: z.string().max(LONGEST_SHOWN), until: Instant.nullable().default(null) })
      .nullable()
      .optional(),
    override: z.boolean().default(false),
    lockWait: RateControl.lockWait,
    deadline: RateControl.deadline,
  })
  .refine(({ ttl, expiresAt }) => ttl === undefined || expiresAt === undefined, {
    path: ["expiresAt"],
    message: "stands instead of ttl, not beside it",
  });
export type UpdateInput = z.infer<typeof UpdateInput>;

/** What is to become of a snapshot; what is left out stays. */
export type Wish = Pick<UpdateInput, "description" | "pin"> & {
  readonly expiresAt?: Date | null | undefined;
};

/** From a minute after now to ten years after it was taken: what the description of such a snapshot is believed, too. */
const mayGo = (due: Date, taken: Date, now: Date) =>
  isTtl((due.getTime() - now.getTime()) / 1000) &&
  badExpiry(describe("", { expiresAt: due }), taken) === undefined;

/** What may be wished at this moment of a snapshot that was taken then, beside what is shown already. */
const Wished = (now: Date, taken: Date) =>
  z.object({
    description: Words.optional(),
    pin: z
      .object({
        reason: z
          .string()
          .min(1)
          .max(LONGEST_REASON)
          .refine((text) => !/\p{Cc}/u.test(text), "must not hold control characters"),
        until: z
          .string()
          .refine((until) => new Date(until) > now, "lies in the past")
          .nullable(),
      })
      .nullable()
      .optional(),
    expiresAt: z
      .date()
      .refine(
        (due) => mayGo(due, taken, now),
        `must be ${TTL_RANGE} from now, ten years after it was taken at most`,
      )
      .nullable()
      .optional(),
  });

/** One spelling of an instant, however it is told. */
const instant = (text: string | null) => text && new Date(text).toISOString();

/** The time at which it is to go; a time to live counts from now, and one that is shown already is no wish. */
function dueOf({ ttl, expiresAt }: UpdateInput, shown: Snapshot, now: Date): Wish["expiresAt"] {
  if (ttl !== undefined) return ttl === null ? null : new Date(now.getTime() + ttl * 1000);
  if (expiresAt === undefined || instant(expiresAt) === shown.expiresAt) return undefined;
  return expiresAt === null ? null : new Date(expiresAt);
}

/** What is wrong with a time is told of the field that named it. */
const ofTtl = (told: FieldError, { ttl }: UpdateInput): FieldError =>
  ttl !== undefined && told.pointer === "/expiresAt" ? { ...told, pointer: "/ttl" } : told;

/** What an input wishes beyond what is shown; a wish that cannot be granted is a 400 that names its field. */
export function wishOf(input: UpdateInput, entry: SnapshotEntry, now: Date): Wish {
  const shown = toSnapshot(entry, undefined);
  const { description } = input;
  const pin = input.pin && { ...input.pin, until: instant(input.pin.until) };
  const wish = {
    description: description?.trimEnd() === shown.description ? undefined : description,
    pin: pin === undefined || canonical(pin) === canonical(shown.pin) ? undefined : pin,
    expiresAt: dueOf(input, shown, now),
  };
  const { error } = Wished(now, takenAt(entry) ?? now).safeParse(wish);
  if (error) throw badInput(describeIssues(error).map((told) => ofTtl(told, input)));
  return wish;
}
