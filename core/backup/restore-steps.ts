import type { Effect, ItemRow } from "../operation/index.ts";
import { powering } from "../power/index.ts";
import { tagsOf, writeTags, type Proxmox } from "../proxmox/index.ts";
import { moving } from "../disk/index.ts";
import { areKept, keep } from "../tag/index.ts";
import { detailOf, pathOf } from "./restore-detail.ts";

/** A part of what an effect does. */
export type Step = Pick<Effect, "prepare" | "send" | "observe" | "verify" | "forgives">;

/** A new guest carries the owner tag, whatever its backup carried; one in place of another what that one had of policy's. */
async function isTagged(proxmox: Proxmox, item: ItemRow): Promise<boolean> {
  const { keep: kept, ownerTag } = detailOf(item);
  if (kept) return areKept(proxmox, pathOf(item), kept);
  return (await tagsOf(proxmox, pathOf(item))).tags.includes(ownerTag);
}

/** Gives the guest the tags that decide what may be done to it. */
export const tagging: Step = {
  async send(proxmox, item) {
    const { keep: kept, ownerTag } = detailOf(item);
    if (kept) {
      await keep(proxmox, pathOf(item), kept);
      return undefined;
    }
    const { tags, digest } = await tagsOf(proxmox, pathOf(item));
    if (!tags.includes(ownerTag)) await writeTags(proxmox, pathOf(item), [...tags, ownerTag], digest);
    return undefined;
  },
  observe: async (proxmox, item) => ({ state: (await isTagged(proxmox, item)) ? "done" : "absent" }),
};

/** The next move, as `vm.move` knows it. */
function asMove(item: ItemRow): ItemRow {
  const { moves, bandwidthBytes } = detailOf(item);
  return { ...item, detail: { ...moves[0], format: null, deleteSource: true, from: "", bandwidthBytes } };
}

/** Proxmox restores to one storage, so a disk that is wanted on another goes on from there. Where it lies tells whether it was moved. */
export const relocating: Step = {
  async send(proxmox, item, world) {
    const move = asMove(item);
    const isThere = await moving.verify?.(proxmox, move);
    return isThere === true ? undefined : moving.send(proxmox, move, world);
  },
  observe: (proxmox, item) => moving.observe(proxmox, asMove(item)),
  verify: async (proxmox, item) => (await moving.verify?.(proxmox, asMove(item))) ?? true,
  forgives: (item, message) => moving.forgives?.(asMove(item), message),
};

/** Nothing is left to do but to tell. */
export const ending: Step = {
  send: async () => undefined,
  observe: async () => ({ state: "done" }),
};

/** The last step: `vm.start` of the restored guest. One that somebody else has started is what was wanted. */
export const starting: Step = {
  ...powering("start"),
  forgives: (_item, message) => (/already running$/m.test(message) ? "done" : undefined),
};
