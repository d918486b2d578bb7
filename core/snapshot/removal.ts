import * as z from "zod";
import { pathOf, type Effect, type ItemRow } from "../operation/index.ts";
import { deleteSnapshot, outcome, snapshots, type Proxmox } from "../proxmox/index.ts";
import { expiryOf } from "./description.ts";
import { expiryChange, forget } from "./expiry.ts";
import { newestTask } from "./own-task.ts";

const TYPES = ["qmdelsnapshot", "vzdelsnapshot"];

const Detail = z.object({
  name: z.string(),
  expired: z.boolean(),
  /** What made the expiry sweeper choose it; forgotten once the snapshot is gone. */
  entry: z.object({ pk: z.string(), sk: z.string() }).exactOptional(),
});

const forgetEntry = (item: ItemRow) => {
  const { entry: row } = Detail.parse(item.detail);
  return row ? [forget(row)] : [];
};

const entry = async (proxmox: Proxmox, item: ItemRow) => {
  const { name } = Detail.parse(item.detail);
  return (await snapshots(proxmox, pathOf(item))).find((snapshot) => snapshot.name === name);
};

/** Deleting a snapshot. One that was chosen for its expiry is looked at once more: its description may have changed. */
export const removal: Effect = {
  async check(ctx, proxmox, item) {
    const { name, expired } = Detail.parse(item.detail);
    const found = await entry(proxmox, item);
    if (!found) {
      return {
        code: "snapshot.missing",
        reason: `the snapshot ${name} is gone already`,
        changes: forgetEntry(item),
      };
    }
    if (!expired) return undefined;
    const taken = found.snaptime === undefined ? undefined : new Date(found.snaptime * 1000);
    const due = expiryOf(found.description, taken);
    if (due && due <= ctx.clock.now()) return undefined;
    const reason = `the snapshot ${name} ${due ? `expires only at ${due.toISOString()}` : "does not expire any more"}`;
    const next = due ? [expiryChange(item.vm, name, due)] : [];
    return { code: "snapshot.kept", reason, changes: [...forgetEntry(item), ...next] };
  },
  send: (proxmox, item) => deleteSnapshot(proxmox, pathOf(item), Detail.parse(item.detail).name),
  async observe(proxmox, item) {
    const task = await newestTask(proxmox, item, TYPES);
    if (task && task.endtime === undefined) return { state: "running", upid: task.upid };
    const found = await entry(proxmox, item);
    const upid = task ? { upid: task.upid } : {};
    if (!found) return { state: "done", ...upid };
    if (found.snapstate !== undefined)
      return { state: "failed", detail: `it was left half deleted (snapstate ${found.snapstate})`, ...upid };
    if (!task || outcome(task.status ?? "").ok) return { state: "absent" };
    return { state: "failed", detail: task.status ?? "the task ended without a status", ...upid };
  },
  repeatable: true,
  settled: forgetEntry,
};
