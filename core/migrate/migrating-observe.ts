import type { ItemRow, Observation } from "../operation/index.ts";
import { outcome, tasksOf, type Proxmox, type TaskEntry } from "../proxmox/index.ts";
import { arrivalOf, ASKED, errorsOf, isLeaving, leftBy, OWN } from "./arrival.ts";
import { detailOf } from "./detail.ts";

/** What there is to say where no task is seen: its guest stays locked while one that is in no list goes on. */
async function unseen(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  if (!(await isLeaving(proxmox, item))) return { state: "absent" };
  const detail = `${item.vm.id} is locked (migrate), and nothing shows the task that does it`;
  return { state: "failed", detail, halfMade: true };
}

/** What there is to say of a task that did not bring the guest to its target. */
async function failed(proxmox: Proxmox, item: ItemRow, task: TaskEntry): Promise<Observation> {
  if (outcome(task.status).ok) return { state: "absent" };
  const said = (await errorsOf(proxmox, task.upid)) ?? task.status ?? "the task ended without a status";
  const left = await leftBy(proxmox, item);
  const told = { state: "failed" as const, upid: task.upid };
  return left === undefined
    ? { ...told, detail: said }
    : { ...told, detail: `${said}; ${left}`, halfMade: true };
}

/** A migration that somebody else asked for may have ended well, and brought the guest to where they wanted it. */
export async function observe(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  const { step, target, from = item.vm.node } = detailOf(item);
  if (step === "follow") return { state: "done" };
  const sentAt = new Date(item.sentAt ?? "");
  const tasks = await tasksOf(proxmox, { node: from, vmid: item.vm.vmid, types: [...OWN, ASKED], sentAt });
  const running = tasks.find(({ endtime }) => endtime === undefined);
  if (running) return { state: "running", upid: running.upid };
  const [newest] = tasks;
  const arrival = await arrivalOf(proxmox, item);
  if (arrival === "there") return { state: "done", ...(newest ? { upid: newest.upid } : {}) };
  const asked = tasks.find(({ type, status }) => type === ASKED && outcome(status).ok);
  if (asked) return { state: "done", upid: asked.upid };
  if (arrival === "off") return { state: "failed", detail: `it came to ${target}, but does not run there` };
  return newest ? failed(proxmox, item, newest) : unseen(proxmox, item);
}
