import type { ItemRow, Observation } from "../operation/index.ts";
import { outcome, tasks, type Proxmox } from "../proxmox/index.ts";
import { configOf, detailOf, guestOf, isWhole, leftBy, pathOf, sinceOf } from "./restore-detail.ts";

const TYPES = new Set(["qmrestore", "vzrestore"]);

/**
 * What is there of a restore whose task is in no list any more. To a new VMID only it can have written, and the guest
 * is whole when it was done.
 */
async function unlisted(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  if (item.upid === null) return { state: "absent" };
  const { replaces } = detailOf(item);
  const guest = await configOf(proxmox, item);
  if (guest && isWhole(guest) && !replaces) return { state: "done" };
  if (!guest) return { state: "absent" };
  const lost = "its task is not listed any more";
  const left = leftBy(item, guest);
  return left === undefined
    ? { state: "failed", detail: `${lost}, and nothing tells whether ${guestOf(item).id} was restored` }
    : { state: "failed", detail: `${lost}; ${left}`, halfMade: true };
}

/** A task that ended well and a guest that is whole are the proof. */
export async function observeRestore(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  const { node, vmid } = pathOf(item);
  const found = (await tasks(proxmox, node, { since: sinceOf(item), vmid })).filter(({ type }) =>
    TYPES.has(type),
  );
  const [task] = found.toSorted((a, b) => b.starttime - a.starttime);
  if (!task) return unlisted(proxmox, item);
  if (task.endtime === undefined) return { state: "running", upid: task.upid };
  const guest = await configOf(proxmox, item);
  if (outcome(task.status).ok && guest && isWhole(guest)) return { state: "done", upid: task.upid };
  const status = task.status ?? "the task ended without a status";
  const left = leftBy(item, guest);
  const told = { state: "failed" as const, upid: task.upid };
  return left === undefined
    ? { ...told, detail: status }
    : { ...told, detail: `${status}; ${left}`, halfMade: true };
}
