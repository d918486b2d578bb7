import * as z from "zod";
import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { Duration } from "../lib/duration.ts";
import { badPattern, snapshotName } from "./name.ts";

/** The longest time to live, in seconds. */
export const TEN_YEARS = 3650 * 86_400;
/** Control characters would break the lines of a guest's configuration. */
const LINES = /^[^\p{Cc}]*(?:[\n\t][^\p{Cc}]*)*$/u;

/** What a caller says of a snapshot. */
export const Words = z.string().max(4000).regex(LINES, "must not hold control characters");

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
  description: Words.default(""),
  ttl: Duration({ min: 60, max: TEN_YEARS }).optional(),
  memory: z.boolean().default(false),
});

/** What would be done to one guest: its name and its expiry are fixed here, so that a repeat makes the same. */
export function propose(ctx: Context, input: z.infer<typeof SnapshotParams>) {
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
