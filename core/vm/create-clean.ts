import { holderOf, pathOf, type ItemRow, type Observation } from "../operation/index.ts";
import { config, destroyGuest, ProxmoxError, tasksOf, type Proxmox } from "../proxmox/index.ts";
import { birthOf, vmidOf } from "./create-detail.ts";
import { makerOf } from "../lib/marker.ts";

const TYPES = ["qmdestroy", "vzdestroy"];

/** The guest's notes and lock; undefined where there is none. */
async function standing(proxmox: Proxmox, item: ItemRow) {
  try {
    return await config(proxmox, pathOf(item));
  } catch (error) {
    if (error instanceof ProxmoxError && error.meaning === "moved") return undefined;
    throw error;
  }
}

/** Whether there is something half made that is surely ours: only what names this very item in its notes is. */
export async function lookHalfMade(proxmox: Proxmox, item: ItemRow): Promise<Record<string, unknown>> {
  const guest = await standing(proxmox, item);
  if (makerOf(guest?.description) !== holderOf(item)) return { cleaned: "gone" };
  if (guest?.lock === undefined) return { cleaned: "removed" };
  return { cleaned: "left", left: `it is locked (${guest.lock})` };
}

/** Deletes it, if that look found it to be ours. */
export async function sendClean(proxmox: Proxmox, item: ItemRow): Promise<string | undefined> {
  if (birthOf(item).cleaned !== "removed") return undefined;
  return destroyGuest(proxmox, pathOf(item), { purge: true, destroyUnreferencedDisks: true });
}

/** Whether it is gone after an answer that got lost. */
export async function observeClean(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  const { node, vmid } = item.vm;
  const trace = { node, vmid, types: TYPES, sentAt: new Date(item.sentAt ?? "") };
  const running = (await tasksOf(proxmox, trace)).find(({ endtime }) => endtime === undefined);
  if (running) return { state: "running", upid: running.upid };
  const guest = await standing(proxmox, item);
  return { state: makerOf(guest?.description) === holderOf(item) ? "absent" : "done" };
}

/** What became of what was half made, for whoever reads why it failed. */
export function toldOf(item: ItemRow): string {
  const { cleaned, left } = birthOf(item);
  const { node, type } = item.vm;
  const vmid = vmidOf(item);
  const tool = type === "lxc" ? "pct" : "qm";
  if (left !== undefined)
    return `; the half-made guest ${vmid} is left (${left}); on ${node} run: ${tool} unlock ${vmid}; ${tool} destroy ${vmid}`;
  return cleaned === "removed" ? `; the half-made guest ${vmid} was removed again` : "";
}
