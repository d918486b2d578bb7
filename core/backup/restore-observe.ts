import { CLOCK_TOLERANCE_MS } from "../lib/clock.ts";
import type { ItemRow, Observation } from "../operation/index.ts";
import { config, outcome, parseUpid, tasks, type Proxmox, type TaskEntry } from "../proxmox/index.ts";
import { configOf, detailOf, guestOf, isWhole, leftBy, nameOf, pathOf, sinceOf } from "./restore-detail.ts";

const TYPES = new Set(["qmrestore", "vzrestore"]);

type Config = Readonly<Record<string, unknown>>;

/** Whether somebody else surely made what is there: another task did, or it is another guest than the one that was backed up. */
const isAnothers = (item: ItemRow, guest: Config, others: readonly TaskEntry[]): boolean =>
  others.some(({ type }) => type.endsWith("create")) || ![undefined, item.vm.name].includes(nameOf(guest));

/**
 * What is there of a restore whose task is in no list any more. To a new VMID only it can have written, and the guest
 * is whole when it was done. Where its UPID is lost as well, nothing tells whose a guest is that looks like it.
 */
async function unlisted(proxmox: Proxmox, item: ItemRow, others: readonly TaskEntry[]): Promise<Observation> {
  const { replaces } = detailOf(item);
  const isLost = item.upid === null;
  const guest = isLost && replaces ? undefined : await configOf(proxmox, item);
  if (!guest || (isLost && isAnothers(item, guest, others))) return { state: "absent" };
  if (isWhole(guest) && !replaces) {
    const detail = `${guestOf(item).id} is there, and nothing tells any more whether this restore made it`;
    return isLost ? { state: "unclear", detail } : { state: "done" };
  }
  const lost = "its task is not listed any more";
  const left = leftBy(item, guest);
  return left === undefined
    ? { state: "failed", detail: `${lost}, and nothing tells whether ${guestOf(item).id} was restored` }
    : { state: "failed", detail: `${lost}; ${left}`, halfMade: true };
}

/** A task that ended well and a guest that is whole are the proof. Should it have been moved, its task is where it was. */
export async function observeRestore(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  const { node, vmid } = pathOf(item);
  const place = parseUpid(item.upid)?.node ?? node;
  const since = new Date(Date.parse(item.sentAt ?? "") - CLOCK_TOLERANCE_MS);
  const all = await tasks(proxmox, place, { since, vmid });
  const begun = sinceOf(item).getTime();
  const [task] = all
    .filter(({ type }) => TYPES.has(type))
    .filter(({ starttime, endtime }) => endtime === undefined || starttime * 1000 >= begun)
    .toSorted((a, b) => b.starttime - a.starttime);
  if (!task) return unlisted(proxmox, item, all);
  if (task.endtime === undefined) return { state: "running", upid: task.upid };
  const isOk = outcome(task.status).ok;
  const guest = isOk ? await config(proxmox, pathOf(item)) : await configOf(proxmox, item);
  if (isOk && guest && isWhole(guest)) return { state: "done", upid: task.upid };
  const status = task.status ?? "the task ended without a status";
  const left = leftBy(item, guest);
  const told = { state: "failed" as const, upid: task.upid };
  return left === undefined
    ? { ...told, detail: status }
    : { ...told, detail: `${status}; ${left}`, halfMade: true };
}
