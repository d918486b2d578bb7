import * as z from "zod";
import type { Context } from "../context.ts";
import { isRawFile, type Disk } from "../disk/index.ts";
import type { Guest } from "../inventory/index.ts";
import { looksLikeFacts, wordedExpiry } from "./description.ts";
import { badPattern, isPattern, snapshotName } from "./name.ts";
import { Keeping, type Rotation } from "./rotation.ts";
import { Ttl, ttlIn } from "./ttl.ts";

/** Control characters would break the lines of a guest's configuration. */
const LINES = new RegExp(String.raw`^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$`);

/** What a caller says of a snapshot. */
export const Words = z
  .string()
  .max(4000)
  .regex(LINES, "must not hold control characters")
  .refine(
    (text) => !looksLikeFacts(text),
    "must not end in a line of what Moxxie itself writes; use ttl and pin",
  )
  .superRefine((text, ctx) => {
    const ttl = ttlIn(text);
    if (ttl && "wrong" in ttl)
      ctx.addIssue({ code: "custom", message: `says ${ttl.text}, and ${ttl.wrong}` });
  });

const Name = z
  .string()
  .min(1)
  .max(120)
  .superRefine((pattern, ctx) => {
    const problem = badPattern(pattern);
    if (problem !== undefined) ctx.addIssue({ code: "custom", message: problem });
  });

/** What is wanted of the snapshots. */
export const SnapshotParams = z.strictObject({
  name: Name.default("{vm}-{datetime}"),
  description: Words.default(""),
  ttl: Ttl.optional(),
  memory: z.boolean().default(false),
});

/** The params of a job, of which so many snapshots of each guest stay. */
export const SnapshotJobParams = SnapshotParams.extend({ keep: Keeping.optional() });

/** When a snapshot that is taken now goes: after its time to live, which its words may tell as those of the original do. */
function expiryFor({ ttl, description }: z.infer<typeof SnapshotParams>, at: Date): string | null {
  const due = ttl === undefined ? wordedExpiry(description, at) : new Date(at.getTime() + ttl * 1000);
  return due?.toISOString() ?? null;
}

const noMemory = ({ id }: Guest) =>
  `${id} is a container, and \`memory\` is kept of VMs only; leave it out, or false`;

/** Proxmox keeps no memory then, and says nothing. */
const isOff = ({ status }: Guest) => status === "stopped" || status === "suspended";

/** Why no snapshot is taken of a guest that Proxmox says cannot have one; disk files of another format than qcow2 are named. */
export function unsupported({ id }: Guest, drives: readonly Disk[] = []) {
  const files = drives.filter(({ kind, volid }) => kind === "disk" && volid !== null && isRawFile(volid));
  const disks = files.map(({ name, volid }) => `${name} (${volid ?? ""})`).join(", ");
  const because =
    files.length > 0
      ? `${disks} of ${id} has a format that takes no snapshots: only qcow2 does among files`
      : `the storage of a disk of ${id} cannot take snapshots`;
  return { run: false as const, code: "snapshot.unsupported", because };
}

/** What a job adds: its id, what stays of its snapshots, and by whose wall clock they are named. */
interface OfJob {
  readonly job?: string | undefined;
  readonly rotation?: Rotation | undefined;
  readonly timezone?: string;
}

/** What would be done to one guest: its name and its expiry are fixed here, so that a repeat makes the same. */
export function propose(
  ctx: Context,
  input: z.infer<typeof SnapshotParams>,
  { job, rotation, timezone = "UTC" }: OfJob = {},
) {
  const at = ctx.clock.now();
  const expiresAt = expiryFor(input, at);
  return (guest: Guest) => {
    if (guest.template)
      return { run: false as const, code: "vm.template", because: `${guest.id} is a template` };
    if (input.memory && guest.type === "lxc")
      return { run: false as const, code: "snapshot.memory", because: noMemory(guest) };
    const made = snapshotName(input.name, guest, at, timezone);
    if ("because" in made) return { run: false as const, code: "snapshot.name", because: made.because };
    const { description: words, memory } = input;
    const marks = { ...(job === undefined ? {} : { job }), ...(rotation ? { rotation } : {}) };
    const patterned = isPattern(input.name);
    const detail = { name: made.name, words, memory, expiresAt, patterned, ...marks };
    const until = expiresAt ? `, until ${expiresAt}` : "";
    const then = rotation ? "; then older ones of the job go" : "";
    const without = memory && isOff(guest) ? `; it is ${guest.status}, so there is no memory to keep` : "";
    return { run: true as const, because: `snapshot ${made.name}${until}${without}${then}`, detail };
  };
}
