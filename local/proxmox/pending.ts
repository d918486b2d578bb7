import type { Kind } from "./guest.ts";
import type { Config, Guest } from "./state.ts";
import { disksOf, keepUnused, ownerOf } from "./volume.ts";

/** What takes effect while the guest runs; everything else waits for its next start. */
const AT_ONCE: Readonly<Record<Kind, RegExp>> = {
  qemu: /^(description|hookscript|lock|migrate_downtime|migrate_speed|name|onboot|protection|shares|startup|tags|vmstatestorage|affinity|balloon|cpuunits|cpulimit|hotplug|template|tablet|(net|scsi|virtio|usb|unused)\d+)$/,
  lxc: /^(description|onboot|startup|protection|hookscript|tags|lock|memory|swap|cores|cpulimit|cpuunits|nameserver|searchdomain|hostname|template|(net|mp|unused)\d+)$/,
};

/** Whether a change of this option waits. */
export const waits = (guest: Guest, option: string): boolean =>
  guest.status === "running" && !AT_ONCE[guest.kind].test(option);

/** Remembers a value for the next start; what is the same already needs no remembering. */
export function postpone(guest: Guest, option: string, value: string): void {
  forgetPending(guest, option);
  if (guest.config[option] !== value) guest.pending = { ...guest.pending, [option]: value };
}

/** Remembers that an option goes at the next start. */
export function postponeRemoval(guest: Guest, option: string): void {
  forgetPending(guest, option);
  if (option in guest.config) guest.dropped = [...(guest.dropped ?? []), option];
}

/** Takes a change back before it took effect. */
export function forgetPending(guest: Guest, option: string): void {
  const { [option]: _, ...rest } = guest.pending ?? {};
  const dropped = (guest.dropped ?? []).filter((name) => name !== option);
  if (Object.keys(rest).length > 0) guest.pending = rest;
  else delete guest.pending;
  if (dropped.length > 0) guest.dropped = dropped;
  else delete guest.dropped;
}

/** The configuration as it will be. */
export function futureConfig(guest: Guest): Config {
  const kept = Object.entries(guest.config).filter(([name]) => !guest.dropped?.includes(name));
  return { ...Object.fromEntries(kept), ...guest.pending };
}

/** The guest starts anew: what waited takes effect. A disk that goes, or is replaced, stays as an unused one. */
export function applyPending(guest: Guest): void {
  const before = disksOf(guest).filter(({ option }) => !option.startsWith("unused"));
  guest.config = futureConfig(guest);
  const kept = new Set(disksOf(guest).map(({ volid }) => volid));
  for (const { volid } of before)
    if (!kept.has(volid) && ownerOf(volid) === guest.vmid) keepUnused(guest.config, volid);
  delete guest.pending;
  delete guest.dropped;
}
