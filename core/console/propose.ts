import type { Proposal, Subject } from "../operation/index.ts";
import { notOn, stateOf } from "../power/index.ts";
import { current, pending } from "../proxmox/index.ts";
import { hardwareOf, ofContainer, ofVm } from "./fitness.ts";
import type { Kind, Serial } from "./kind.ts";

/** Looks at the guest: a ticket for one that is off is given out by Proxmox all the same, and leads nowhere. */
export async function propose(
  { guest, proxmox }: Subject,
  wish: { readonly kind: Kind; readonly serial?: Serial | undefined },
): Promise<Proposal> {
  if (guest.template) return { run: false, code: "vm.template", because: `${guest.id} is a template` };
  const off = notOn(guest.id, stateOf(await current(proxmox, guest)));
  if (off) return { run: false, ...off };
  if (guest.type === "lxc") return ofContainer(guest.id, wish);
  return ofVm(guest.id, hardwareOf(await pending(proxmox, guest)), wish);
}
