import type { Effect, ItemRow } from "../operation/index.ts";
import { powering } from "../power/index.ts";
import { tagsOf, writeTags, type Proxmox } from "../proxmox/index.ts";
import { detailOf, pathOf } from "./restore-detail.ts";

/** A part of what an effect does. */
export type Step = Pick<Effect, "prepare" | "send" | "observe" | "verify">;

const owned = async (proxmox: Proxmox, item: ItemRow) => {
  const { tags } = await tagsOf(proxmox, pathOf(item));
  return tags.includes(detailOf(item).ownerTag);
};

/** What was made here carries the owner tag, whatever its backup carried. */
export const tagging: Step = {
  async send(proxmox, item) {
    const { tags, digest } = await tagsOf(proxmox, pathOf(item));
    const { ownerTag } = detailOf(item);
    if (!tags.includes(ownerTag)) await writeTags(proxmox, pathOf(item), [...tags, ownerTag], digest);
    return undefined;
  },
  observe: async (proxmox, item) => ((await owned(proxmox, item)) ? { state: "done" } : { state: "absent" }),
};

/** The last step: `vm.start` of the restored guest. */
export const starting: Step = powering("start");
