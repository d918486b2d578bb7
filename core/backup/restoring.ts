import * as z from "zod";
import { holderOf, type Effect, type ItemRow, type Observation, type Skip } from "../operation/index.ts";
import { config, isStale, outcome, restoreGuest, tasks, type Proxmox } from "../proxmox/index.ts";
import { reservationKey, reserve } from "../vmid/index.ts";
import { ends, next, undo } from "./restore-course.ts";
import { configOf, detailOf, guestOf, pathOf, sinceOf, type Detail } from "./restore-detail.ts";
import { ending, relocating, starting, tagging, type Step } from "./restore-steps.ts";

const Named = z.object({ name: z.string().optional(), hostname: z.string().optional() });

const TYPES = new Set(["qmrestore", "vzrestore"]);

/** The guest is locked until all is written, so a task that ended well and a guest without a lock are the proof. */
async function observeRestore(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  const { node, vmid } = pathOf(item);
  const found = (await tasks(proxmox, node, { since: sinceOf(item), vmid })).filter(({ type }) =>
    TYPES.has(type),
  );
  const [task] = found.toSorted((a, b) => b.starttime - a.starttime);
  if (!task) return { state: "absent" };
  if (task.endtime === undefined) return { state: "running", upid: task.upid };
  const guest = await configOf(proxmox, item);
  if (outcome(task.status).ok && guest && guest.lock === undefined) return { state: "done", upid: task.upid };
  return { state: "failed", detail: task.status ?? "the task ended without a status", upid: task.upid };
}

/** A VMID may have got another guest since it was planned: that one is not replaced. */
async function check(proxmox: Proxmox, item: ItemRow): Promise<Skip | undefined> {
  const { replaces, step } = detailOf(item);
  if (!replaces || step !== "restore" || item.attempts > 0) return undefined;
  const found = await config(proxmox, pathOf(item));
  const { name: given, hostname } = Named.parse(found);
  const name = given ?? hostname;
  if (item.vm.name === null || name === undefined || name === item.vm.name) return undefined;
  return { code: "vm.changed", reason: `${item.vm.id} was ${item.vm.name} and is ${name} now` };
}

const restoring: Step = {
  async prepare(ctx, proxmox, item) {
    const { replaces, newVmid } = detailOf(item);
    if (replaces) return {};
    const wanted = newVmid === null ? {} : { wanted: newVmid };
    return { vmid: await reserve(ctx, proxmox, { holder: holderOf(item), ...wanted }) };
  },
  send(proxmox, item) {
    const { volid, storage, pool, unique, replaces, bandwidthBytes } = detailOf(item);
    return restoreGuest(proxmox, pathOf(item), {
      archive: volid,
      storage: storage ?? undefined,
      pool: pool ?? undefined,
      unique: unique || undefined,
      force: replaces || undefined,
      bwlimit: bandwidthBytes === null ? undefined : Math.ceil(bandwidthBytes / 1024),
    });
  },
  observe: observeRestore,
  async verify(proxmox, item) {
    const guest = await configOf(proxmox, item);
    return guest !== undefined && guest.lock === undefined;
  },
};

const STEPS: Readonly<Record<Detail["step"], Step>> = {
  restore: restoring,
  tag: tagging,
  move: relocating,
  start: starting,
  end: ending,
};
const partOf = (item: ItemRow) => STEPS[detailOf(item).step];

/**
 * Restoring a guest: Proxmox writes it, then it gets the owner tag, then disks go on to storages of their own, then it is
 * started if that is wanted.
 */
export const restore: Effect = {
  makes: (item) => detailOf(item).step === "restore" && !detailOf(item).replaces,
  guest: guestOf,
  check: (_ctx, proxmox, item) => check(proxmox, item),
  prepare: async (ctx, proxmox, item) => (await partOf(item).prepare?.(ctx, proxmox, item)) ?? {},
  send: (proxmox, item, world) => partOf(item).send(proxmox, item, world),
  observe: (proxmox, item) => partOf(item).observe(proxmox, item),
  verify: async (proxmox, item) => (await partOf(item).verify?.(proxmox, item)) ?? true,
  repeatable: true,
  retaken: (refusal) => isStale(refusal) || /already exists/.test(refusal.message),
  // A restored guest that runs already is what was wanted, whoever started it.
  forgives: (item, message) => partOf(item).forgives?.(item, message),
  next,
  undo,
  ends,
  made: (item) => detailOf(item).step !== "restore",
  result: (item) => ({ vmid: guestOf(item).vmid, node: guestOf(item).node }),
  settled(item) {
    const { replaces } = detailOf(item);
    return replaces ? [] : [{ table: "State", remove: reservationKey(item.vm.cluster, guestOf(item).vmid) }];
  },
};
