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

/** Proxmox's clock may be behind ours. */
const MARGIN_MS = 5000;
/** pveproxy gives a call up after 30 s; until then it may still begin. */
const PROVEN_MS = 35_000;
const LOOKS = 3;

const newest = (found: readonly TaskEntry[], types: readonly string[]) =>
  found.filter((entry) => types.includes(entry.type)).toSorted((a, b) => b.starttime - a.starttime)[0];

/**
 * Looks for what a request did, without changing anything. The tasks are read before the object: the other way
 * round, a task that ends in between would seem to have left nothing.
 */
export async function lookFor(
  proxmox: Proxmox,
  trace: Trace,
  isThere: () => Promise<boolean>,
): Promise<Sighting> {
  const since = new Date(trace.sentAt.getTime() - MARGIN_MS);
  const { vmid } = trace;
  const found = await tasks(proxmox, trace.node, { since, ...(vmid === undefined ? {} : { vmid }) });
  const task = newest(found, trace.types);
  if (task && task.endtime === undefined) return { state: "running", upid: task.upid };
  if (await isThere()) return { state: "there", ...(task ? { upid: task.upid } : {}) };
  return task ? { state: "ended", upid: task.upid, exit: task.status } : { state: "absent" };
}

/** Whether nothing seen proves that nothing was done: three looks, the last after Proxmox has given the call up. */
export const isProven = (looks: number, ageMs: number) => looks >= LOOKS && ageMs >= PROVEN_MS;
