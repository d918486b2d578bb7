import * as z from "zod";
import { pathOf, type Effect, type ItemRow, type Observation } from "../operation/index.ts";
import { outcome, rollBack, snapshots, type Proxmox, type SnapshotEntry } from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";
import { newestTask } from "./own-task.ts";

const TYPES = ["qmrollback", "vzrollback"];

const Detail = z.object({
  name: z.string(),
  start: z.boolean(),
  /** When the snapshot that is meant was taken, in seconds; null where it was not looked at for the plan. */
  snaptime: z.number().nullable().default(null),
  /** When this was planned: a snapshot that was taken later is not meant. */
  plannedAt: z.string().exactOptional(),
});
type Detail = z.infer<typeof Detail>;

/** How far apart Proxmox's clock and ours may be. */
const MARGIN_MS = 60_000;

const detailOf = (item: ItemRow) => Detail.parse(item.detail);

/** Why a guest cannot be brought back to a snapshot; undefined when it can. Pure. */
export function hindrance(entries: readonly SnapshotEntry[], name: string) {
  const found = entries.find((entry) => entry.name === name && name !== "current");
  if (!found) return { code: "snapshot.missing", reason: `there is no snapshot ${name}` };
  if (found.snapstate === undefined) return undefined;
  return {
    code: "snapshot.broken",
    reason: `the snapshot ${name} is not whole (snapstate ${found.snapstate})`,
  };
}

/** Another snapshot may have got the name, or another guest the VMID, since it was planned. */
function replaced(entries: readonly SnapshotEntry[], { name, snaptime, plannedAt }: Detail) {
  const taken = entries.find((entry) => entry.name === name)?.snaptime ?? 0;
  const late = plannedAt !== undefined && taken * 1000 > Date.parse(plannedAt) + MARGIN_MS;
  if (snaptime === null ? !late : taken === snaptime) return undefined;
  return { code: "snapshot.changed", reason: `the snapshot ${name} is another one than was planned with` };
}

/** A guest that was brought back runs on that snapshot. */
async function isBack(proxmox: Proxmox, item: ItemRow): Promise<boolean> {
  const entries = await snapshots(proxmox, pathOf(item));
  return entries.find((entry) => entry.name === "current")?.parent === detailOf(item).name;
}

/** Only a task tells that a guest was brought back: it may have run on that snapshot before. */
async function observe(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  const task = await newestTask(proxmox, item, TYPES);
  if (!task) return { state: "absent" };
  const { upid, endtime, status = "the task ended without a status" } = task;
  if (endtime === undefined) return { state: "running", upid };
  if (outcome(status).ok && (await isBack(proxmox, item))) return { state: "done", upid };
  return { state: "failed", detail: status, upid };
}

/** Bringing a guest back to a snapshot: what was written since is lost, so it is never asked for twice. */
export const rollingBack: Effect = {
  action: ACTIONS.rollback,
  async check(_ctx, proxmox, item) {
    const entries = await snapshots(proxmox, pathOf(item));
    return hindrance(entries, detailOf(item).name) ?? replaced(entries, detailOf(item));
  },
  send(proxmox, item) {
    const { name, start } = detailOf(item);
    return rollBack(proxmox, pathOf(item), name, start);
  },
  observe,
  verify: isBack,
  repeatable: false,
  forgives: (_item, message) =>
    /is not most recent snapshot/.test(message) ? { code: "snapshot.newer", reason: message } : undefined,
};
