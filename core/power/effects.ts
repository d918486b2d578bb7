import { current, lookFor, outcome, power, type PowerAction, type Proxmox } from "../proxmox/index.ts";
import {
  pathOf,
  type Effect,
  type GuestLook,
  type ItemRow,
  type Observation,
  type Skip,
} from "../operation/index.ts";
import { ACTIONS } from "./actions.ts";
import { Manner, needless, ruleOf } from "./rules.ts";
import { stateOf } from "./state.ts";

const mannerOf = (item: ItemRow): Manner => Manner.parse(item.detail);
const goalOf = (item: ItemRow, action: PowerAction) => ruleOf(action, item.vm.type, mannerOf(item)).goal;
const stateNow = async (proxmox: Proxmox, item: ItemRow) => stateOf(await current(proxmox, pathOf(item)));

/** Types of the tasks that may do it: HA's own ones only ask its manager. */
const TYPES: Readonly<Record<PowerAction, readonly string[]>> = {
  start: ["qmstart", "vzstart", "hastart"],
  stop: ["qmstop", "vzstop", "hastop"],
  shutdown: ["qmshutdown", "vzshutdown", "hastop"],
  reboot: ["qmreboot", "vzreboot"],
  reset: ["qmreset"],
  suspend: ["qmpause", "qmsuspend", "vzsuspend"],
  resume: ["qmresume", "vzresume"],
};

/** Afterwards the guest is as it was before, so that only the task tells of it; these are never asked for twice. */
const INTERRUPTIONS = new Set<PowerAction>(["reboot", "reset"]);

async function reached(proxmox: Proxmox, item: ItemRow, action: PowerAction): Promise<boolean> {
  const goal = goalOf(item, action);
  return goal.length === 0 || goal.includes(await stateNow(proxmox, item));
}

/** The state of the guest is the proof, whoever brought it there; where it cannot be, the newest task of this kind. */
async function observe(proxmox: Proxmox, item: ItemRow, action: PowerAction): Promise<Observation> {
  const byTask = INTERRUPTIONS.has(action) || goalOf(item, action).length === 0;
  const { node, vmid } = item.vm;
  const trace = { node, vmid, types: TYPES[action], sentAt: new Date(item.sentAt ?? "") };
  const seen = await lookFor(proxmox, trace, async () => !byTask && reached(proxmox, item, action));
  if (seen.state === "there") return { ...seen, state: "done" };
  if (seen.state !== "ended") return seen;
  const { upid, exit } = seen;
  if (!outcome(exit).ok) return { state: "failed", detail: exit ?? "the task ended without a status", upid };
  // HA acts only after its task has ended, and a guest that reboots is not up again at once.
  const done = byTask && (await reached(proxmox, item, action));
  return { state: done ? "done" : "running", upid };
}

/** Listings are old, so each guest is looked at before anything is sent. A later attempt may meet what an earlier one did. */
async function check(look: GuestLook, item: ItemRow, action: PowerAction): Promise<Skip | undefined> {
  if (item.attempts > 0) return undefined;
  const reason = needless(action, item.vm, stateOf(await look.current()), mannerOf(item));
  return reason && { code: reason.code, reason: reason.because };
}

/** Proxmox says that it is so already: our own doing where it was asked before, somebody else's otherwise. */
function forgiven(item: ItemRow, action: PowerAction, message: string): "done" | Skip | undefined {
  const [code, state] = action === "start" ? ["vm.running", "running"] : ["vm.stopped", "stopped"];
  const off = action === "stop" || action === "shutdown";
  const already = action === "start" ? /already running$/m : off ? /not running$/m : undefined;
  if (already?.test(message) !== true) return undefined;
  if (item.attempts > 1) return "done";
  return { code, reason: `${item.vm.id} is ${state} already` };
}

/** Changing the power of a guest. */
export const powering = (action: PowerAction): Effect => ({
  action: ACTIONS[action],
  check: (_ctx, _proxmox, item, look) => check(look, item, action),
  send(proxmox, item) {
    const { timeout, force, toDisk } = mannerOf(item);
    const manner = { timeout, ...(force ? { forceStop: true } : {}), ...(toDisk ? { toDisk } : {}) };
    return power(proxmox, pathOf(item), action, manner);
  },
  observe: (proxmox, item) => observe(proxmox, item, action),
  verify: (proxmox, item) => reached(proxmox, item, action),
  forgives: (item, message) => forgiven(item, action, message),
  repeatable: !INTERRUPTIONS.has(action),
});
