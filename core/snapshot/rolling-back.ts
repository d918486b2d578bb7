import * as z from "zod";
import { pathOf, type Effect, type ItemRow, type Observation } from "../operation/index.ts";
import { keepPolicyTags, policyTagsOf, recallSafeMode } from "../policy/index.ts";
import {
  isStale,
  outcome,
  rollBack,
  snapshots,
  tagsInSnapshot,
  type Proxmox,
  type SnapshotEntry,
} from "../proxmox/index.ts";
import { areKept, keep, Kept } from "../tag/index.ts";
import { ACTIONS } from "./actions.ts";
import { newestTask } from "./own-task.ts";

const TYPES = ["qmrollback", "vzrollback"];

const Failed = z.object({ state: z.enum(["failed", "cancelled"]), code: z.string(), reason: z.string() });

const Detail = z.object({
  step: z.enum(["rollback", "tag", "end"]).default("rollback"),
  name: z.string(),
  start: z.boolean(),
  /** When the snapshot that is meant was taken, in seconds; null where it was not looked at for the plan. */
  snaptime: z.number().nullable().default(null),
  /** When this was planned: a snapshot that was taken later is not meant. */
  plannedAt: z.string().exactOptional(),
  /** What the guest had of the tags that the rules go by, where the snapshot has it otherwise. */
  keep: Kept.nullable().default(null),
  /** The task that brought it back. */
  upid: z.string().exactOptional(),
  /** Why the guest is back, but not with its tags. */
  failed: Failed.exactOptional(),
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
  const { step, keep: kept } = detailOf(item);
  if (step !== "rollback") return { state: (await hasTags(proxmox, item, kept)) ? "done" : "absent" };
  const task = await newestTask(proxmox, item, TYPES);
  if (!task) return { state: "absent" };
  const { upid, endtime, status = "the task ended without a status" } = task;
  if (endtime === undefined) return { state: "running", upid };
  if (outcome(status).ok && (await isBack(proxmox, item))) return { state: "done", upid };
  return { state: "failed", detail: status, upid };
}

const hasTags = (proxmox: Proxmox, item: ItemRow, kept: Kept | null) =>
  kept === null || detailOf(item).step === "end"
    ? Promise.resolve(true)
    : areKept(proxmox, pathOf(item), kept);

/** A guest that is back stays back: what it lacks is told, and nothing is rolled back twice. */
const undo: NonNullable<Effect["undo"]> = (item, { state, code = "operation.failed", reason }) => {
  const detail = detailOf(item);
  if (detail.step !== "tag") return undefined;
  const had = detail.keep?.tags.join(", ") ?? "";
  const told = `${item.vm.id} is back at ${detail.name}, but of the tags that rules go by it has those of the snapshot, not its own (${had || "none"})`;
  const failed = { state, code, reason: `${told}: ${reason ?? "writing them came to nothing"}` };
  return { ...detail, own: true, step: "end", failed };
};

/**
 * Bringing a guest back to a snapshot: what was written since is lost, so it is never asked for twice. Its tags come
 * back too, but for those that rules go by: a second step writes these as they were.
 */
export const rollingBack: Effect = {
  action: ACTIONS.rollback,
  reads: (item) => detailOf(item).step === "end",
  async check(_ctx, proxmox, item) {
    const detail = detailOf(item);
    if (detail.step !== "rollback") return undefined;
    const entries = await snapshots(proxmox, pathOf(item));
    return hindrance(entries, detail.name) ?? replaced(entries, detail);
  },
  async prepare(ctx, proxmox, item, look) {
    const { step, name } = detailOf(item);
    if (step !== "rollback") return {};
    const { ownerTag } = await recallSafeMode(ctx);
    const [{ tags }, after] = await Promise.all([
      look.facts("current"),
      tagsInSnapshot(proxmox, pathOf(item), name),
    ]);
    const differs = keepPolicyTags(tags, after, ownerTag) !== undefined;
    return { keep: differs ? { tags: policyTagsOf(tags, ownerTag), ownerTag } : null };
  },
  async send(proxmox, item) {
    const { step, name, start, keep: kept } = detailOf(item);
    if (step === "rollback") return rollBack(proxmox, pathOf(item), name, start);
    if (step === "tag" && kept) await keep(proxmox, pathOf(item), kept);
    return undefined;
  },
  observe,
  verify: (proxmox, item) => {
    const { step, keep: kept } = detailOf(item);
    return step === "rollback" ? isBack(proxmox, item) : hasTags(proxmox, item, kept);
  },
  repeatable: (item) => detailOf(item).step !== "rollback",
  retaken: (refusal, item) => detailOf(item).step === "tag" && isStale(refusal),
  forgives: (_item, message) =>
    /is not most recent snapshot/.test(message) ? { code: "snapshot.newer", reason: message } : undefined,
  next(item) {
    const detail = detailOf(item);
    if (detail.step !== "rollback" || !detail.keep) return undefined;
    return { ...detail, ...(item.upid === null ? {} : { upid: item.upid }), step: "tag", own: true };
  },
  undo,
  made: (item) => detailOf(item).step !== "rollback",
  ends(item) {
    const { upid, failed } = detailOf(item);
    return { ...(upid === undefined ? {} : { upid }), ...failed };
  },
};
