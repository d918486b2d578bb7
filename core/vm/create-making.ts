import * as z from "zod";
import { holderOf, type ItemRow, type Maker, type Observation } from "../operation/index.ts";
import { config, createGuest, outcome, ProxmoxError, tasksOf, type Proxmox } from "../proxmox/index.ts";
import { reserve } from "../vmid/index.ts";
import { birthOf, newGuest, vmidOf } from "./create-detail.ts";
import { makerOf, marked } from "../lib/marker.ts";
import { opened } from "./secret.ts";

/** What a plan says of a new guest. `newVmid` is the VMID that was asked for, `vmid` the one that it got. */
const CreateDetail = z.object({
  newVmid: z.number().nullable(),
  description: z.string(),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
type CreateDetail = z.infer<typeof CreateDetail>;

const detailOf = (item: ItemRow): CreateDetail => CreateDetail.parse(item.detail);

async function born(proxmox: Proxmox, item: ItemRow) {
  try {
    return await config(proxmox, newGuest(item));
  } catch (error) {
    if (error instanceof ProxmoxError && error.meaning === "moved") return undefined;
    throw error;
  }
}

/** The tasks that make a guest of this VMID since the item was sent, the newest first. */
async function creations(proxmox: Proxmox, item: ItemRow) {
  const sentAt = new Date(item.sentAt ?? "");
  const { node } = newGuest(item);
  return tasksOf(proxmox, { node, vmid: vmidOf(item), types: ["qmcreate", "vzcreate"], sentAt });
}

function halfMade(item: ItemRow): string {
  const vmid = vmidOf(item);
  const { node, type } = newGuest(item);
  const tool = type === "lxc" ? "pct" : "qm";
  return `the guest ${vmid} was cut off half made (lock create); on ${node} run: ${tool} unlock ${vmid}; ${tool} destroy ${vmid}`;
}

/** What is ours and not locked for its creation: a VM is whole then; of a container the notes come before its root can log in. */
function unlocked(item: ItemRow, [task, ...others]: Awaited<ReturnType<typeof creations>>): Observation {
  const upid = task && others.length === 0 ? { upid: task.upid } : {};
  if (item.vm.type === "qemu" || !task || outcome(task.status).ok) return { state: "done", ...upid };
  const detail = `its task ended with: ${task.status ?? "no status"}`;
  return { state: "failed", code: "task.interrupted", detail, ...upid };
}

/**
 * Our own guest is known by the line in its notes. Before Proxmox writes them there is a lock and nothing else, and a
 * task that runs may be ours.
 */
async function observe(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  const found = await creations(proxmox, item);
  const guest = await born(proxmox, item);
  const ours = makerOf(guest?.description) === holderOf(item);
  const nameless = guest?.lock === "create" && guest.description === undefined;
  if (!ours && !nameless) return { state: "absent" };
  const running = found.find(({ endtime }) => endtime === undefined);
  if (running) return { state: "running", upid: running.upid };
  if (ours && guest?.lock !== "create") return unlocked(item, found);
  if (!ours && found.length === 0) return { state: "absent" };
  return { state: "failed", code: "task.interrupted", detail: halfMade(item), halfMade: true };
}

/**
 * Making a guest. Its VMID is kept for the item before it is asked for, and the same one is asked for again after an
 * answer that got lost: Proxmox makes no second guest of one VMID.
 */
export const making: Maker = {
  makes: () => true,
  guest: newGuest,
  async prepare(ctx, proxmox, item) {
    if (birthOf(item).secret) await opened(ctx, item.operation);
    const { newVmid } = detailOf(item);
    const wanted = newVmid === null ? {} : { wanted: newVmid };
    return { vmid: await reserve(ctx, proxmox, { holder: holderOf(item), ...wanted }) };
  },
  async send(proxmox, item, world) {
    const { options, description } = detailOf(item);
    const secret = birthOf(item).secret ? await opened(world, item.operation) : {};
    const all = { ...options, ...secret, description: marked(description, holderOf(item)) };
    return createGuest(proxmox, newGuest(item), all);
  },
  observe,
  repeatable: true,
  retaken: ({ message }) =>
    /^(?:unable to create (?:VM|CT) \d+ - )?(?:VM|CT) \d+ already exists/.test(message),
};
