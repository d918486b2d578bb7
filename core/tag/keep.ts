import * as z from "zod";
import { keepPolicyTags } from "../policy/index.ts";
import { tagsOf, writeTags, type GuestPath, type Proxmox } from "../proxmox/index.ts";

/** The tags of a guest that the rules go by, as they were before something else wrote its whole configuration. */
export const Kept = z.object({ tags: z.array(z.string()), ownerTag: z.string() });
export type Kept = z.infer<typeof Kept>;

/** Whether a guest has them, and no others of their kind. */
export async function areKept(proxmox: Proxmox, guest: GuestPath, { tags, ownerTag }: Kept) {
  return keepPolicyTags(tags, (await tagsOf(proxmox, guest)).tags, ownerTag) === undefined;
}

/** Gives a guest back what it had of them, under the digest of the look, and takes away what it had not. */
export async function keep(proxmox: Proxmox, guest: GuestPath, { tags, ownerTag }: Kept): Promise<void> {
  const { tags: now, digest } = await tagsOf(proxmox, guest);
  const wanted = keepPolicyTags(tags, now, ownerTag);
  if (wanted) await writeTags(proxmox, guest, wanted, digest);
}
