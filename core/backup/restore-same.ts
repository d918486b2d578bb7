import { Fault } from "../lib/fault.ts";
import type { GuestLook, ItemRow, Skip } from "../operation/index.ts";
import type { Proxmox } from "../proxmox/index.ts";
import { configOf, detailOf, guestOf, identityOf, nameOf } from "./restore-detail.ts";

const changed = (item: ItemRow) => {
  const reason = `${guestOf(item).id} is another guest by now than the one that was meant`;
  return { code: "vm.changed", reason };
};

/** A VMID may have got another guest since it was planned, or since an attempt: that one is not replaced. */
export async function sameAsPlanned(item: ItemRow, look: GuestLook): Promise<Skip | undefined> {
  const { replaces, step, identity } = detailOf(item);
  if (!replaces || step !== "restore") return undefined;
  const found = await look.config();
  const name = nameOf(found);
  const isAnother = item.vm.name !== null && name !== undefined && name !== item.vm.name;
  return isAnother || (identity ?? identityOf(found)) !== identityOf(found) ? changed(item) : undefined;
}

/** Whom the next steps are about: should the VMID have got another guest since the last one, that one is left alone. */
export async function sameGuest(proxmox: Proxmox, item: ItemRow): Promise<{ identity?: string }> {
  const found = await configOf(proxmox, item);
  if (!found) return {};
  const { identity } = detailOf(item);
  if (identity !== undefined && identity !== identityOf(found))
    throw new Fault("conflict", "vm.changed", changed(item).reason);
  return { identity: identityOf(found) };
}
