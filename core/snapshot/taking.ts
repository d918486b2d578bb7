import * as z from "zod";
import { holderOf, pathOf, type Effect, type ItemRow, type Observation } from "../operation/index.ts";
import { outcome, snapshots, takeSnapshot, type Proxmox, type SnapshotEntry } from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";
import { describe, markerOf } from "./description.ts";
import { expiryChange } from "./expiry.ts";
import { nextFree } from "./name.ts";
import { newestTask, remedy } from "./own-task.ts";
import { removal } from "./removal.ts";
import { isRotating, rotating } from "./rotating.ts";
import { Rotation } from "./rotation.ts";

const TYPES = ["qmsnapshot", "vzsnapshot"];

/** What a plan says of one guest's snapshot. */
const Detail = z.object({
  name: z.string(),
  words: z.string(),
  memory: z.boolean(),
  expiresAt: z.string().nullable(),
  job: z.string().exactOptional(),
  /** Whether its name comes from a pattern, so that another one serves as well. */
  patterned: z.boolean().default(false),
  rotation: Rotation.exactOptional(),
  /** Whether the memory that was asked for is part of the snapshot. */
  kept: z.boolean().exactOptional(),
});
type Detail = z.infer<typeof Detail>;

const detailOf = (item: ItemRow): Detail => Detail.parse(item.detail);

const keptBy = ({ vmstate }: SnapshotEntry) => ({ kept: vmstate === 1 });

/** Of a VM that does not run Proxmox keeps no memory and says nothing, so where it was asked for there is a look. */
async function verify(proxmox: Proxmox, item: ItemRow) {
  const { name, memory } = detailOf(item);
  if (!memory || isRotating(item)) return true;
  const entry = (await snapshots(proxmox, pathOf(item))).find((snapshot) => snapshot.name === name);
  return entry !== undefined && keptBy(entry);
}

const NO_MEMORY = "the VM did not run, so the snapshot holds no memory";

/** Our own snapshot is known by its marker; while it is being made, or was cut off, it has a `snapstate`. */
async function observeTaken(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  const { name } = detailOf(item);
  const task = await newestTask(proxmox, item, TYPES);
  if (task && task.endtime === undefined) return { state: "running", upid: task.upid };
  const entry = (await snapshots(proxmox, pathOf(item))).find((snapshot) => snapshot.name === name);
  const upid = task ? { upid: task.upid } : {};
  // A task that ended well without our snapshot was another's.
  if (!entry && (!task || outcome(task.status ?? "").ok)) return { state: "absent" };
  if (!entry) return { state: "failed", detail: task?.status ?? "the task ended without a status", ...upid };
  if (markerOf(entry.description) !== holderOf(item))
    return { state: "failed", detail: `another snapshot is called ${name} already`, ...upid };
  if (entry.snapstate === undefined) return { state: "done", found: keptBy(entry), ...upid };
  const detail = `the snapshot ${name} was cut off half made (snapstate ${entry.snapstate}); ${remedy(item, name)}`;
  return { state: "failed", detail, halfMade: true, ...upid };
}

/** Remembers when the snapshot is due. */
function dueChanges(item: ItemRow) {
  const { name, expiresAt } = detailOf(item);
  return expiresAt === null ? [] : [expiryChange(item.vm, name, new Date(expiresAt))];
}

const USED = /^snapshot name '.*' already used/;

const mayRename = ({ job, patterned }: Detail) => patterned || job !== undefined;

/** Two may come in one second with one pattern: the second takes the next name that is free, at the cost of a look. */
async function freeName(proxmox: Proxmox, item: ItemRow): Promise<Record<string, unknown>> {
  const detail = detailOf(item);
  if (!mayRename(detail) || !USED.test(item.reason ?? "")) return {};
  const others = (await snapshots(proxmox, pathOf(item))).filter(
    (entry) => markerOf(entry.description) !== holderOf(item),
  );
  return { name: nextFree(detail.name, new Set(others.map((entry) => entry.name))) };
}

/**
 * Taking a snapshot. Its marker is the item, so that our own one is known again whatever happens to the answer. That of a
 * job may be followed by the deletion of older ones, each a step of its own.
 */
export const taking: Effect = {
  action: ACTIONS.create,
  ...rotating,
  async prepare(ctx, proxmox, item, look) {
    if (!isRotating(item)) return freeName(proxmox, item);
    // It is taken: whatever becomes of the rotation, its time to live counts.
    await ctx.store.write(dueChanges(item));
    return (await removal.prepare?.(ctx, proxmox, item, look)) ?? {};
  },
  send(proxmox, item, world) {
    if (isRotating(item)) return removal.send(proxmox, item, world);
    const { name, words, memory, expiresAt, job } = detailOf(item);
    const due = expiresAt === null ? undefined : new Date(expiresAt);
    const description = describe(words, { marker: holderOf(item), job, expiresAt: due });
    return takeSnapshot(proxmox, pathOf(item), { snapname: name, description, vmstate: memory });
  },
  observe: (proxmox, item) =>
    isRotating(item) ? removal.observe(proxmox, item) : observeTaken(proxmox, item),
  verify,
  ends(item) {
    const { memory, kept } = detailOf(item);
    if (isRotating(item) || !memory || kept !== false) return rotating.ends?.(item) ?? {};
    return { warnings: [...item.warnings, NO_MEMORY] };
  },
  repeatable: true,
  retaken: ({ message }, item) => mayRename(detailOf(item)) && !isRotating(item) && USED.test(message),
  forgives(item, message) {
    if (isRotating(item)) return removal.forgives?.(item, message);
    return /snapshot feature is not available/.test(message)
      ? { code: "snapshot.unsupported", reason: "the storage of a disk cannot take snapshots" }
      : undefined;
  },
  result: (item) => ({ snapshot: detailOf(item).name, ...(isRotating(item) ? removal.result?.(item) : {}) }),
  settled: (item) => [...dueChanges(item), ...(isRotating(item) ? (removal.settled?.(item) ?? []) : [])],
};
