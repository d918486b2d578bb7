import * as z from "zod";
import type { Guest } from "./state.ts";
import type { World } from "./world.ts";

const on = z.boolean().default(true);
const vmid = z.number();

/** What QEMU calls its states besides `running`. */
const HALTED = [
  "colo",
  "debug",
  "finish-migrate",
  "guest-panicked",
  "inmigrate",
  "internal-error",
  "io-error",
  "paused",
  "postmigrate",
  "prelaunch",
  "restore-vm",
  "save-vm",
  "shutdown",
  "suspended",
  "watchdog",
] as const;

/** What can be wrong with one guest, or in it. */
export const GuestTrouble = z.discriminatedUnion("do", [
  z.object({ do: z.literal("stale-lock"), vmid, lock: z.string().default("snapshot"), on }),
  z.object({ do: z.literal("fsfreeze-stuck"), vmid, on }),
  z.object({ do: z.literal("qmpstatus"), vmid, status: z.enum(HALTED).default("io-error"), on }),
  /** `result` is what stands under that word; without it nobody answers. `command` is the last part of the path, and
   * absent for all commands; that of a container is `interfaces`. */
  z.object({
    do: z.literal("agent"),
    vmid,
    command: z.string().optional(),
    result: z.unknown().optional(),
    on,
  }),
]);
type GuestTrouble = z.output<typeof GuestTrouble>;

/** The answers of an agent that was told what to say; `*` is for all commands. */
function tell(
  guest: Guest,
  { command = "*", result, on: told }: Extract<GuestTrouble, { do: "agent" }>,
): void {
  const { [command]: _, ...rest } = guest.agent ?? {};
  if (told) guest.agent = { ...rest, [command]: result === undefined ? {} : { result } };
  else if (command === "*") delete guest.agent;
  else guest.agent = rest;
}

/** Makes the trouble, or ends it. */
export function inflictOnGuest(world: World, trouble: GuestTrouble): void {
  const guest = world.state.guests[trouble.vmid];
  if (!guest) throw new Error(`no guest ${trouble.vmid}`);
  switch (trouble.do) {
    case "stale-lock":
      if (trouble.on) guest.lock = trouble.lock;
      else delete guest.lock;
      return;
    case "fsfreeze-stuck":
      if (trouble.on) guest.stuck = true;
      else delete guest.stuck;
      return;
    case "qmpstatus":
      if (trouble.on) guest.qmpstatus = trouble.status;
      else delete guest.qmpstatus;
      return;
    case "agent":
      return tell(guest, trouble);
  }
}
