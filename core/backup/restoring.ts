import { holderOf, type Effect, type ItemRow } from "../operation/index.ts";
import { policyTagsOf } from "../policy/index.ts";
import { config, isStale, restoreGuest, type Proxmox } from "../proxmox/index.ts";
import { reservationKey, reserve } from "../vmid/index.ts";
import { ACTIONS } from "./actions.ts";
import { ends, next, undo } from "./restore-course.ts";
import {
  configOf,
  detailOf,
  guestOf,
  identityOf,
  isWhole,
  leftBy,
  pathOf,
  type Detail,
} from "./restore-detail.ts";
import { observeRestore } from "./restore-observe.ts";
import { sameAsPlanned, sameGuest } from "./restore-same.ts";
import { ending, relocating, starting, tagging, type Step } from "./restore-steps.ts";

/** What a failed restore has left, beside the words of its task. */
async function explain(proxmox: Proxmox, item: ItemRow, exit: string): Promise<string | undefined> {
  // Of one that was stopped a look tells.
  if (detailOf(item).step !== "restore" || item.halted) return undefined;
  const left = leftBy(item, await configOf(proxmox, item));
  return left === undefined ? undefined : `${exit}; ${left}`;
}

const restoring: Step = {
  async prepare(ctx, proxmox, item, look) {
    const { replaces, newVmid, identity, keep, ownerTag } = detailOf(item);
    if (replaces) {
      const [found, { tags }] = [await look.config(), await look.facts("config")];
      // What an attempt has left half made says nothing of the guest that was there.
      const kept = isWhole(found) ? { tags: policyTagsOf(tags, ownerTag), ownerTag } : keep;
      return { identity: identity ?? identityOf(found), keep: kept };
    }
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
  verify: async (proxmox, item) => isWhole(await config(proxmox, pathOf(item))),
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
  action: ACTIONS.restore,
  makes: (item) => detailOf(item).step === "restore" && !detailOf(item).replaces,
  // To tell how it ended needs no guest, which somebody else may have by then.
  reads: (item) => detailOf(item).step === "end",
  guest: guestOf,
  looks: "config",
  check: (_ctx, _proxmox, item, look) => sameAsPlanned(item, look),
  async prepare(ctx, proxmox, item, look) {
    const { step } = detailOf(item);
    const isLater = step === "tag" || step === "move" || step === "start";
    const same = isLater ? await sameGuest(proxmox, item) : {};
    return { ...same, ...(await partOf(item).prepare?.(ctx, proxmox, item, look)) };
  },
  send: (proxmox, item, world) => partOf(item).send(proxmox, item, world),
  observe: (proxmox, item) => partOf(item).observe(proxmox, item),
  verify: async (proxmox, item) => (await partOf(item).verify?.(proxmox, item)) ?? true,
  explain,
  repeatable: true,
  retaken: (refusal) => isStale(refusal) || /already exists/.test(refusal.message),
  // A restored guest that runs already is what was wanted, whoever started it.
  forgives: (item, message) => partOf(item).forgives?.(item, message),
  next,
  undo,
  ends,
  // A new one of which nobody knows whether it came to be may be there, under a number that nobody asked for.
  made: (item) =>
    detailOf(item).step !== "restore" || (item.state === "unknown" && detailOf(item).newVmid === null),
  result: (item) => ({ vmid: guestOf(item).vmid, node: guestOf(item).node }),
  settled(item) {
    const { replaces } = detailOf(item);
    return replaces ? [] : [{ table: "State", remove: reservationKey(item.vm.cluster, guestOf(item).vmid) }];
  },
};
