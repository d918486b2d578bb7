import * as z from "zod";
import { holderOf, type Effect, type ItemRow, type Observation } from "../operation/index.ts";
import { config, createVm, ProxmoxError, tasks, type Proxmox } from "../proxmox/index.ts";
import { reserve } from "../vmid/index.ts";
import { birthOf, newGuest, vmidOf } from "./create-detail.ts";
import { makerOf, marked } from "../lib/marker.ts";
import { opened } from "./secret.ts";

const MARGIN_MS = 5000;

/** What a plan says of a new VM. `newVmid` is the VMID that was asked for, `vmid` the one that it got. */
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

/** The tasks that make a guest of this VMID since the item was sent. */
async function creations(proxmox: Proxmox, item: ItemRow) {
  const since = new Date(Date.parse(item.sentAt ?? "") - MARGIN_MS);
  const found = await tasks(proxmox, newGuest(item).node, { since, vmid: vmidOf(item) });
  return found.filter(({ type }) => type === "qmcreate");
}

function halfMade(item: ItemRow): string {
  const vmid = vmidOf(item);
  const { node } = newGuest(item);
  return `the guest ${vmid} was cut off half made (lock create); on ${node} run: qm unlock ${vmid}; qm destroy ${vmid}`;
}

/**
 * Our own guest is known by the line in its notes. Proxmox writes them last; until then there is a lock and nothing
 * else, and a task that runs may be ours.
 */
async function observe(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  const found = await creations(proxmox, item);
  const guest = await born(proxmox, item);
  const ours = makerOf(guest?.description) === holderOf(item);
  const [task] = found;
  if (ours && guest?.lock === undefined)
    return { state: "done", ...(task && found.length === 1 ? { upid: task.upid } : {}) };
  const nameless = guest?.lock === "create" && guest.description === undefined;
  if (!ours && !nameless) return { state: "absent" };
  const running = found.find(({ endtime }) => endtime === undefined);
  if (running) return { state: "running", upid: running.upid };
  if (!ours && found.length === 0) return { state: "absent" };
  return { state: "failed", code: "task.interrupted", detail: halfMade(item), halfMade: true };
}

/**
 * Making a VM. Its VMID is kept for the item before it is asked for, and the same one is asked for again after an
 * answer that got lost: Proxmox makes no second guest of one VMID.
 */
export const making: Effect = {
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
    return createVm(proxmox, newGuest(item).node, vmidOf(item), all);
  },
  observe,
  repeatable: true,
  retaken: ({ message }) => /^unable to create VM \d+ - (?:VM|CT) \d+ already exists/.test(message),
};
