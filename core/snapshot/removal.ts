import * as z from "zod";
import type { Context } from "../context.ts";
import { pathOf, type Effect, type ItemRow, type Observation } from "../operation/index.ts";
import { deleteSnapshot, outcome, snapshots, type Proxmox, type SnapshotEntry } from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";
import { expiryChange, forget } from "./expiry.ts";
import { newestTask, remedy } from "./own-task.ts";
import { futureDated, Rotation, surplus } from "./rotation.ts";
import { fateOf, halfDeleted, meant, Pattern, Target } from "./targets.ts";

const TYPES = ["qmdelsnapshot", "vzdelsnapshot"];

const Left = z.object({ name: z.string(), code: z.string(), reason: z.string(), due: z.string().optional() });

const Detail = z.object({
  /** Null until the guest's snapshots have been looked at: then those that the pattern means. */
  targets: z.array(Target).nullable(),
  pattern: Pattern.exactOptional(),
  rotation: Rotation.exactOptional(),
  current: Target.nullable().default(null),
  /** It undoes what Moxxie itself made, so that safe mode has no say. */
  own: z.boolean().default(false),
  done: z.array(Target).default([]),
  left: z.array(Left.extend({ entry: Target.shape.entry })).default([]),
});
type Detail = z.infer<typeof Detail>;

const detailOf = (item: ItemRow): Detail => Detail.parse(item.detail);

/** Those that are named, or those that the pattern or the rotation means among what Proxmox shows now. */
function targetsOf(detail: Detail, entries: readonly SnapshotEntry[], now: Date): readonly Target[] {
  const { targets, pattern, rotation } = detail;
  if (targets) return targets;
  if (rotation) return surplus(entries, rotation, now);
  return pattern ? meant(entries, pattern) : [];
}

/** What a rotation has to report when it begins: snapshots of its job of which a wrong clock says that they are yet to come. */
function reported({ targets, rotation, left }: Detail, entries: readonly SnapshotEntry[], now: Date) {
  const ahead = rotation && !targets ? futureDated(entries, rotation, now) : [];
  const told = ahead.map(({ name }) => {
    return { name, code: "snapshot.future-dated", reason: `${name} is dated in the future` };
  });
  return [...left, ...told];
}

/** Chooses the next snapshot to delete, by what Proxmox shows at this moment; several of one guest go one after the other. */
async function prepare({ clock }: Context, proxmox: Proxmox, item: ItemRow): Promise<Detail> {
  const detail = detailOf(item);
  const entries = await snapshots(proxmox, pathOf(item));
  const broken = halfDeleted(entries);
  if (broken && (item.attempts === 0 || broken.name !== detail.current?.name)) {
    const reason = `the snapshot ${broken.name} is half deleted; ${remedy(item, broken.name)}`;
    return {
      ...detail,
      targets: [],
      current: null,
      left: [...detail.left, { name: broken.name, code: "snapshot.broken", reason }],
    };
  }
  const left = reported(detail, entries, clock.now());
  // A second attempt is at the one of the first.
  const again = detail.current ? [detail.current] : [];
  const rest = [...again, ...targetsOf(detail, entries, clock.now())];
  for (let target = rest.shift(); target; target = rest.shift()) {
    const { act, ...fate } = fateOf(target, entries, clock.now());
    if (act === "delete") return { ...detail, current: target, targets: rest, left };
    left.push({ ...target, code: "", reason: "", ...fate });
  }
  return { ...detail, current: null, targets: [], left };
}

async function observe(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  const { current } = detailOf(item);
  // Nothing was left to delete, so nothing was asked for.
  if (!current) return { state: "done" };
  const { name } = current;
  const task = await newestTask(proxmox, item, TYPES);
  if (task && task.endtime === undefined) return { state: "running", upid: task.upid };
  const found = (await snapshots(proxmox, pathOf(item))).find((entry) => entry.name === name);
  const upid = task ? { upid: task.upid } : {};
  if (!found) return { state: "done", ...upid };
  if (found.snapstate !== undefined) {
    const detail = `${name} was left half deleted (snapstate ${found.snapstate}); ${remedy(item, name)}`;
    return { state: "failed", detail, halfMade: true, ...upid };
  }
  if (!task || outcome(task.status ?? "").ok) return { state: "absent" };
  return { state: "failed", detail: task.status ?? "the task ended without a status", ...upid };
}

const deleted = ({ done, current }: Detail) => [...done, ...(current ? [current] : [])];

/** Why each stays that was to go: what is gone already does not. */
const staying = ({ left }: Detail) =>
  left.filter(({ code }) => code !== "snapshot.missing").map(({ reason }) => `a snapshot stays: ${reason}`);

/** Forgets what is gone, and remembers when what was left is due. */
function settled(item: ItemRow) {
  const detail = detailOf(item);
  const over = [...deleted(detail), ...detail.left].flatMap(({ entry }) => (entry ? [forget(entry)] : []));
  const later = detail.left.flatMap(({ name, due }) =>
    due === undefined ? [] : [expiryChange(item.vm, name, new Date(due))],
  );
  return [...over, ...later];
}

/** Deleting snapshots of one guest, one after the other. Each is looked at once more: its description may have changed. */
export const removal: Effect = {
  action: ACTIONS.delete,
  prepare,
  async send(proxmox, item) {
    const { current } = detailOf(item);
    return current ? deleteSnapshot(proxmox, pathOf(item), current.name) : undefined;
  },
  observe,
  repeatable: true,
  severable: true,
  forgives: (_item, message) => (/^snapshot '.*' does not exist/.test(message) ? "done" : undefined),
  next(item) {
    const { targets, ...detail } = detailOf(item);
    if (!targets || targets.length === 0) return undefined;
    return { ...detail, targets, done: deleted(detailOf(item)), current: null };
  },
  ends(item) {
    const detail = detailOf(item);
    const [first] = detail.left;
    if (deleted(detail).length > 0) return { warnings: [...new Set([...item.warnings, ...staying(detail)])] };
    const { code, reason } = first ?? { code: "snapshot.missing", reason: "it has no such snapshot" };
    return {
      state: "skipped",
      code,
      reason: detail.left.length > 1 ? detail.left.map((one) => one.reason).join("; ") : reason,
    };
  },
  result: (item) => ({ deleted: deleted(detailOf(item)).map(({ name }) => name) }),
  settled,
};
