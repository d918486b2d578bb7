import type { Context } from "../context.ts";
import { find } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import type { ItemRow } from "../operation/index.ts";
import { outcome, ProxmoxError, tasksOf, type Proxmox, type TaskEntry } from "../proxmox/index.ts";
import { errorsOf, isThere, OWN } from "./arrival.ts";
import { detailOf } from "./detail.ts";

/** How long the HA manager may take to begin, and to start again what it stopped. */
const IDLE_MS = 300_000;

/** A node that does not answer says nothing: the guest may have been brought elsewhere because of that. */
const silent = (error: unknown): undefined => {
  if (!(error instanceof ProxmoxError)) throw error;
};

/** Where the guest is after all, in words. */
async function whereabouts(ctx: Context, item: ItemRow, task: TaskEntry | undefined): Promise<string> {
  const { from, target } = detailOf(item);
  const found = await find(ctx, item.vm.cluster, item.vm.vmid, true).catch((error: unknown) => {
    if (error instanceof Fault && error.code === "vm.missing") return undefined;
    throw error;
  });
  if (!found) return `${item.vm.id} is gone`;
  if (found.node === target) return `it came to ${target}, but does not run there`;
  if (found.node !== from) return `the HA manager brought it to ${found.node} instead`;
  return task ? "its task ended, and it is where it was" : "the HA manager left it where it is";
}

/** One look at what the HA manager does with the guest. */
export async function follow(
  ctx: Context,
  proxmox: Proxmox,
  item: ItemRow,
): Promise<Record<string, unknown>> {
  const { from = item.vm.node, askedAt = "" } = detailOf(item);
  if ((await isThere(proxmox, item).catch(silent)) === true) return { motion: "there" };
  const trace = { node: from, vmid: item.vm.vmid, types: OWN, sentAt: new Date(askedAt) };
  const [task] = (await tasksOf(proxmox, trace).catch(silent)) ?? [];
  if (task && task.endtime === undefined) return { motion: "waiting", seen: "its task runs" };
  if (task && !outcome(task.status).ok) {
    const said = (await errorsOf(proxmox, task.upid)) ?? task.status ?? "its task ended without a status";
    return { motion: "failed", seen: `the HA manager could not move it: ${said}` };
  }
  const since = Math.max(Date.parse(askedAt), (task?.endtime ?? 0) * 1000);
  if (ctx.clock.now().getTime() - since < IDLE_MS) return { motion: "waiting", seen: "it has not begun" };
  return { motion: "failed", seen: await whereabouts(ctx, item, task) };
}
