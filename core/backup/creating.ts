import * as z from "zod";
import { CLOCK_TOLERANCE_MS } from "../lib/clock.ts";
import { makerOf, marked } from "../lib/marker.ts";
import { pooled } from "../lib/pool.ts";
import { holderOf, pathOf, type Effect, type ItemRow, type Observation } from "../operation/index.ts";
import {
  backUp,
  backupsOn,
  current,
  notesOf,
  outcome,
  parseUpid,
  taskLog,
  tasksOf,
  type BackupEntry,
  type Proxmox,
} from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";
import { toId } from "./backup.ts";
import { COMPRESSION, inOneLine } from "./options.ts";

const WIDTH = 4;
/** A log tells of progress line by line, and of a failure at its end. */
const MOST_LINES = 5000;

const Detail = z.object({
  storage: z.string(),
  mode: z.enum(["snapshot", "suspend", "stop"]),
  compression: z.enum(["none", "lzo", "gzip", "zstd"]),
  notes: z.string(),
  protected: z.boolean(),
  bandwidthBytes: z.number().nullable(),
  fleecing: z.string().nullable(),
  /** What the storage held after it. */
  volid: z.string().exactOptional(),
  sizeBytes: z.number().exactOptional(),
});

/** A Proxmox Backup Server lists only the first line of the notes, and our marker is the last one. */
const isOnServer = ({ format }: BackupEntry) => format.startsWith("pbs-");

const detailOf = (item: ItemRow) => Detail.parse(item.detail);
const sentAt = (item: ItemRow) => new Date(item.sentAt ?? "");

function send(proxmox: Proxmox, item: ItemRow): Promise<string> {
  const { storage, mode, compression, notes, protected: held, bandwidthBytes, fleecing } = detailOf(item);
  return backUp(proxmox, item.vm.node, {
    vmid: String(item.vm.vmid),
    storage,
    mode,
    compress: COMPRESSION[compression],
    "notes-template": inOneLine(marked(notes, holderOf(item))),
    protected: held,
    // Proxmox thins older backups out unless it is told not to.
    remove: false,
    ...(bandwidthBytes === null ? {} : { bwlimit: Math.ceil(bandwidthBytes / 1024) }),
    ...(fleecing === null ? {} : { fleecing: `enabled=1,storage=${fleecing}` }),
  });
}

/** The backup that this item made: the one whose notes name it. Notes are written last, and their loss is only a line in a log. */
async function made(proxmox: Proxmox, item: ItemRow): Promise<{ ours?: BackupEntry; only?: BackupEntry }> {
  const place = { node: item.vm.node, storage: detailOf(item).storage };
  const entries = await backupsOn(proxmox, place, item.vm.vmid);
  // Where its task is known, Proxmox's own clock counts.
  const begun = parseUpid(item.upid)?.startedAt.getTime() ?? sentAt(item).getTime() - CLOCK_TOLERANCE_MS;
  const late = entries.filter(({ ctime }) => ctime * 1000 >= begun);
  const recent = await pooled(late, WIDTH, async (entry) => {
    return isOnServer(entry) ? { ...entry, notes: await notesOf(proxmox, place, entry.volid) } : entry;
  });
  const ours = [...recent, ...entries].find(({ notes }) => makerOf(notes) === holderOf(item));
  const nameless = recent.filter(({ notes }) => makerOf(notes) === undefined);
  const [only, ...more] = nameless;
  return { ...(ours ? { ours } : {}), ...(only && more.length === 0 ? { only } : {}) };
}

const found = ({ volid, size }: BackupEntry) => ({ volid, sizeBytes: size });

/** The newest backup task of the guest since it was sent. A task of several guests names none. */
async function newest(proxmox: Proxmox, item: ItemRow) {
  const { node, vmid } = item.vm;
  return (await tasksOf(proxmox, { node, vmid, types: ["vzdump"], sentAt: sentAt(item) }))[0];
}

/** What there is to say where no task is seen: its guest stays locked while one that is in no list goes on. */
async function unseen(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  if ((await current(proxmox, pathOf(item))).lock !== "backup") return { state: "absent" };
  const detail = `${item.vm.id} is locked (backup), and nothing shows the task that does it`;
  return { state: "failed", detail, halfMade: true };
}

async function observe(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  const task = await newest(proxmox, item);
  if (task && task.endtime === undefined) return { state: "running", upid: task.upid };
  const { ours } = await made(proxmox, item);
  if (ours) return { state: "done", found: found(ours), ...(task ? { upid: task.upid } : {}) };
  if (!task) return unseen(proxmox, item);
  if (outcome(task.status).ok) return { state: "absent" };
  return { state: "failed", detail: task.status ?? "the task ended without a status", upid: task.upid };
}

/**
 * A backup exists when the storage holds it, whatever the task says. That of its own task may have lost its notes; of a
 * task that was only found `observe` tells, which believes the notes alone.
 */
async function verify(proxmox: Proxmox, item: ItemRow) {
  const { ours, only } = await made(proxmox, item);
  const backup = ours ?? only;
  return backup === undefined ? false : found(backup);
}

const FAILED = /^ERROR: Backup of VM (\d+) failed - (.*)$/;

/** The task says `job errors` only; its log tells of each guest. */
async function explain(proxmox: Proxmox, item: ItemRow): Promise<string | undefined> {
  const upid = parseUpid(item.upid);
  if (!upid) return undefined;
  const lines = await taskLog(proxmox, upid, { limit: MOST_LINES });
  return lines.flatMap((line) => {
    const [, vmid, reason] = FAILED.exec(line) ?? [];
    return vmid === String(item.vm.vmid) && reason !== undefined ? [reason] : [];
  })[0];
}

/** Backing a guest up. One vzdump runs at a time on a node: a second one would wait there for hours, asleep. */
export const creating: Effect = {
  action: ACTIONS.create,
  send,
  observe,
  verify,
  explain,
  repeatable: true,
  result(item) {
    const { volid, sizeBytes } = detailOf(item);
    return volid === undefined ? {} : { backup: toId(volid), volid, sizeBytes };
  },
};
