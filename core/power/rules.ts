import * as z from "zod";
import type { Guest } from "../inventory/index.ts";
import type { PowerAction } from "../proxmox/index.ts";

type Status = Guest["status"];

/** How a change of power is to be done, as an item's detail keeps it; seconds. */
export const Manner = z.object({
  timeout: z.number().exactOptional(),
  force: z.boolean().default(false),
  toDisk: z.boolean().default(false),
});
export type Manner = z.infer<typeof Manner>;

/** States in which an action makes sense, and those that show it was done; no goal where only the task can tell. */
interface Rule {
  readonly from: readonly Status[];
  readonly goal: readonly Status[];
}

const OFF = ["stopped", "suspended"] as const;

const RULES: Readonly<Record<PowerAction, Rule>> = {
  start: { from: OFF, goal: ["running", "paused"] },
  stop: { from: ["running", "paused"], goal: OFF },
  shutdown: { from: ["running"], goal: OFF },
  reboot: { from: ["running"], goal: ["running"] },
  reset: { from: ["running", "paused"], goal: [] },
  suspend: { from: ["running"], goal: ["paused"] },
  resume: { from: ["paused", "suspended"], goal: ["running"] },
};

/** What becomes of a container that sleeps, Proxmox does not tell. */
const UNTOLD: Rule = { from: ["running", ...OFF, "paused"], goal: [] };

/** The rule for an action in this manner on a guest of this type. */
export function ruleOf(action: PowerAction, type: Guest["type"], { force, toDisk }: Manner): Rule {
  if (type === "lxc" && action === "resume") return UNTOLD;
  if (type === "lxc" && action === "suspend") return { from: ["running"], goal: [] };
  const rule = RULES[action];
  if (action === "shutdown" && force) return { ...rule, from: ["running", "paused"] };
  return action === "suspend" && toDisk ? { from: ["running", "paused"], goal: ["suspended"] } : rule;
}

const CODES: Readonly<Record<Status, string>> = {
  running: "vm.running",
  stopped: "vm.stopped",
  paused: "vm.paused",
  suspended: "vm.suspended",
  unknown: "vm.unknown",
};

interface Reason {
  readonly code: string;
  readonly because: string;
}

type Named = Pick<Guest, "id" | "type">;

/** Why a guest can never be treated so, whatever its state. */
export function impossible(action: PowerAction, guest: Guest, { toDisk }: Manner): Reason | undefined {
  if (guest.template) return { code: "vm.template", because: `${guest.id} is a template` };
  if (guest.type !== "lxc" || (action !== "reset" && !toDisk)) return undefined;
  const what = action === "reset" ? "reset" : "suspended to disk";
  return { code: "vm.container", because: `${guest.id} is a container, and cannot be ${what}` };
}

/** Why a guest in this state is left as it is, or undefined. */
export function needless(
  action: PowerAction,
  guest: Named,
  status: Status,
  manner: Manner,
): Reason | undefined {
  const { from, goal } = ruleOf(action, guest.type, manner);
  if (status === "unknown" || from.includes(status)) return undefined;
  const already = goal.includes(status) ? " already" : "";
  return { code: CODES[status], because: `${guest.id} is ${status}${already}` };
}

/**
 * The same by the state that a listing shows, which calls a paused guest running: only where it is needless either way.
 */
export function needlessAsListed(
  action: PowerAction,
  guest: Named & Pick<Guest, "status">,
  manner: Manner,
): Reason | undefined {
  const states: readonly Status[] = guest.status === "running" ? ["running", "paused"] : [guest.status];
  const [reason, ...others] = states.map((status) => needless(action, guest, status, manner));
  return others.every((other) => other !== undefined) ? reason : undefined;
}

/** Why a guest in this state is not off, or undefined. */
export const notOff = (id: string, status: Status): Reason | undefined =>
  status === "stopped" ? undefined : { code: CODES[status], because: `${id} is ${status}` };

/** Why nothing of a guest in this state is to be seen on a console, or undefined. */
export const notOn = (id: string, status: Status): Reason | undefined =>
  status === "running" || status === "paused"
    ? undefined
    : { code: CODES[status], because: `${id} is ${status}` };
