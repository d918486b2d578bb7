import type { Proxmox } from "./client.ts";
import { tasks, type TaskEntry } from "./task.ts";

/** What a request whose answer got lost would leave: a task of one of these types. */
export interface Trace {
  readonly node: string;
  /** Left out for tasks of several guests, which Proxmox lists under no guest. */
  readonly vmid?: number;
  readonly types: readonly string[];
  readonly sentAt: Date;
}

/** `ended` is a task that is over while its effect is not there; `exit` says how it ended, if it was told. */
export type Sighting =
  | { readonly state: "running"; readonly upid: string }
  | { readonly state: "there"; readonly upid?: string }
  | { readonly state: "ended"; readonly upid: string; readonly exit: string | undefined }
  | { readonly state: "absent" };

/** Proxmox's clock may be a little behind ours. */
const MARGIN_MS = 5000;
/** How wrong a clock may be at worst. */
const SKEW_MS = 300_000;
/** pveproxy gives a call up after 30 s; until then it may still begin. */
const PROVEN_MS = 35_000;
const LOOKS = 3;

/**
 * The tasks that a request may have begun, the newest first: those since it was sent, and any that still runs, since the
 * worker's clock may have been wrong when it was sent.
 */
export async function tasksOf(proxmox: Proxmox, { node, vmid, types, sentAt }: Trace): Promise<TaskEntry[]> {
  const since = new Date(sentAt.getTime() - SKEW_MS);
  const begun = (sentAt.getTime() - MARGIN_MS) / 1000;
  const found = await tasks(proxmox, node, { since, ...(vmid === undefined ? {} : { vmid }) });
  return found
    .filter(({ type }) => types.includes(type))
    .filter(({ starttime, endtime }) => endtime === undefined || starttime >= Math.floor(begun))
    .toSorted((a, b) => b.starttime - a.starttime);
}

/**
 * Looks for what a request did, without changing anything. The tasks are read before the object: the other way
 * round, a task that ends in between would seem to have left nothing.
 */
export async function lookFor(
  proxmox: Proxmox,
  trace: Trace,
  isThere: () => Promise<boolean>,
): Promise<Sighting> {
  const [task] = await tasksOf(proxmox, trace);
  if (task && task.endtime === undefined) return { state: "running", upid: task.upid };
  if (await isThere()) return { state: "there", ...(task ? { upid: task.upid } : {}) };
  return task ? { state: "ended", upid: task.upid, exit: task.status } : { state: "absent" };
}

/** Whether nothing seen proves that nothing was done: three looks, the last after Proxmox has given the call up. */
export const isProven = (looks: number, ageMs: number) => looks >= LOOKS && ageMs >= PROVEN_MS;
