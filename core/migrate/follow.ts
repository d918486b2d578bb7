import type { Context } from "../context.ts";
import type { ItemRow } from "../operation/index.ts";
import { outcome, tasksOf, type Proxmox } from "../proxmox/index.ts";
import { errorsOf, isThere, OWN } from "./arrival.ts";
import { detailOf } from "./detail.ts";

/** How long the HA manager may take to begin, and to start again what it stopped. */
const IDLE_MS = 300_000;

/** One look at what the HA manager does with the guest. */
export async function follow(
  ctx: Context,
  proxmox: Proxmox,
  item: ItemRow,
): Promise<Record<string, unknown>> {
  const { from = item.vm.node, askedAt = "" } = detailOf(item);
  if (await isThere(proxmox, item)) return { motion: "there" };
  const trace = { node: from, vmid: item.vm.vmid, types: OWN, sentAt: new Date(askedAt) };
  const [task] = await tasksOf(proxmox, trace);
  if (task && task.endtime === undefined) return { motion: "waiting", seen: "its task runs" };
  if (task && !outcome(task.status).ok) {
    const said = (await errorsOf(proxmox, task.upid)) ?? task.status ?? "its task ended without a status";
    return { motion: "failed", seen: `the HA manager could not move it: ${said}` };
  }
  const since = Math.max(Date.parse(askedAt), (task?.endtime ?? 0) * 1000);
  if (ctx.clock.now().getTime() - since < IDLE_MS) return { motion: "waiting", seen: "it has not begun" };
  const seen = task ? "it was moved, but does not run there" : "the HA manager left it where it is";
  return { motion: "failed", seen };
}
