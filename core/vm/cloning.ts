import * as z from "zod";
import { holderOf, pathOf, type ItemRow, type Maker, type Observation } from "../operation/index.ts";
import {
  cloneGuest,
  config,
  ProxmoxError,
  resources,
  tasksOf,
  type Proxmox,
  type TaskEntry,
} from "../proxmox/index.ts";
import { reserve } from "../vmid/index.ts";
import { makerOf, marked } from "../lib/marker.ts";

/** What a plan says of a clone. `newVmid` is the VMID that was asked for, `vmid` the one that it got. */
export const CloneDetail = z.object({
  template: z.boolean(),
  newVmid: z.number().nullable(),
  name: z.string().nullable(),
  node: z.string(),
  full: z.boolean(),
  storage: z.string().nullable(),
  format: z.enum(["raw", "qcow2", "vmdk"]).nullable(),
  pool: z.string().nullable(),
  snapshot: z.string().nullable(),
  description: z.string(),
  vmid: z.number().exactOptional(),
});
export type CloneDetail = z.infer<typeof CloneDetail>;

const TYPES = ["qmclone", "vzclone"];

const detailOf = (item: ItemRow): CloneDetail => CloneDetail.parse(item.detail);

function vmidOf(item: ItemRow): number {
  const { vmid } = detailOf(item);
  if (vmid === undefined) throw new Error(`${holderOf(item)} was sent without a VMID`);
  return vmid;
}

async function send(proxmox: Proxmox, item: ItemRow): Promise<string> {
  const { name, node, full, storage, format, pool, snapshot, description } = detailOf(item);
  return cloneGuest(proxmox, pathOf(item), {
    newid: vmidOf(item),
    name: name ?? undefined,
    description: marked(description, holderOf(item)),
    full,
    storage: storage ?? undefined,
    format: format ?? undefined,
    pool: pool ?? undefined,
    snapname: snapshot ?? undefined,
    target: node === item.vm.node ? undefined : node,
  });
}

/** The configuration under the new VMID on this node, undefined when there is none. */
async function configOn(proxmox: Proxmox, item: ItemRow, node: string) {
  try {
    return await config(proxmox, { node, type: item.vm.type, vmid: vmidOf(item) });
  } catch (error) {
    if (!(error instanceof ProxmoxError) || error.meaning !== "moved") throw error;
    return undefined;
  }
}

/**
 * The configuration under the new VMID, undefined when there is none. It lies where the source is until all is copied, and
 * somebody may have moved it since.
 */
async function newborn(proxmox: Proxmox, item: ItemRow) {
  const nodes = new Set([item.vm.node, detailOf(item).node]);
  for (const node of nodes) {
    const found = await configOn(proxmox, item, node);
    if (found) return found;
  }
  const vmid = vmidOf(item);
  const elsewhere = (await resources(proxmox)).guests.find((guest) => guest.vmid === vmid)?.node;
  return elsewhere === undefined || nodes.has(elsewhere) ? undefined : configOn(proxmox, item, elsewhere);
}

/** The clone tasks of the source since the item was sent, the oldest first. Which of several is whose, none of them tells. */
async function cloneTasks(proxmox: Proxmox, item: ItemRow) {
  const { node, vmid } = item.vm;
  const trace = { node, vmid, types: TYPES, sentAt: new Date(item.sentAt ?? "") };
  return (await tasksOf(proxmox, trace)).toReversed();
}

function halfMade(item: ItemRow, lock: string): string {
  const { node, type } = item.vm;
  const tool = type === "lxc" ? "pct" : "qm";
  const vmid = vmidOf(item);
  return `the clone ${vmid} was cut off half made (lock ${lock}); on ${node} run: ${tool} unlock ${vmid}; ${tool} destroy ${vmid}`;
}

type Newborn = Awaited<ReturnType<typeof newborn>>;

/** Locks of a guest that is being made; with any other it is there, and somebody has begun to do something to it. */
const MAKING = new Set(["clone", "create", "disk"]);
const isMade = (guest: Newborn) => guest !== undefined && !MAKING.has(guest.lock ?? "");

/** Whether somebody is at work under the VMID, and nothing tells yet who. */
const isNameless = (guest: Newborn) =>
  guest?.lock !== undefined && /^(?:qmclone temporary file\s*)?$/.test(guest.description ?? "");

/** The task that made it, where no other comes into question. */
function onlyTask(found: readonly TaskEntry[]): { upid?: string } {
  const [task, ...others] = found.filter(({ endtime }) => endtime !== undefined);
  return task && others.length === 0 ? { upid: task.upid } : {};
}

/**
 * Our own clone is known by the line in its notes. Until its first disk is copied a VM has none, but a lock: a task
 * that runs may then be ours, and once it has ended the notes tell. Anything else under the VMID is another's.
 */
async function observe(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  const found = await cloneTasks(proxmox, item);
  const guest = await newborn(proxmox, item);
  const ours = makerOf(guest?.description) === holderOf(item);
  if (ours && isMade(guest)) return { state: "done", ...onlyTask(found) };
  if (!ours && !isNameless(guest)) return { state: "absent" };
  const running = found.find((task) => task.endtime === undefined);
  if (running) return { state: "running", upid: running.upid };
  // Without a task that could have begun it, it is the work of somebody who was faster.
  if (!ours && found.length === 0) return { state: "absent" };
  const detail = halfMade(item, guest?.lock ?? "clone");
  return { state: "failed", code: "task.interrupted", detail, halfMade: true, ...onlyTask(found) };
}

/**
 * Copying a guest. Its VMID is kept for the item before it is asked for, and the same one is asked for again after an
 * answer that got lost: Proxmox makes no second guest of one VMID.
 */
export const cloning: Maker = {
  // Proxmox itself takes a shared lock of a VM template, and an exclusive one of anything else, for as long as it copies.
  reads: (item) => item.vm.type === "qemu" && detailOf(item).template,
  async prepare(ctx, proxmox, item) {
    const { newVmid } = detailOf(item);
    const wanted = newVmid === null ? {} : { wanted: newVmid };
    const vmid = await reserve(ctx, proxmox, { holder: holderOf(item), ...wanted });
    return { vmid };
  },
  send,
  observe,
  repeatable: true,
  // The first two are said of a guest on the same node, or before the task; the last when another node has it.
  retaken: ({ message }) =>
    /config file already exists|already exists on node|\.conf' failed: File exists/.test(message),
};
