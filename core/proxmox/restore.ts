import { begun } from "./begun.ts";
import type { Proxmox } from "./client.ts";
import type { GuestPath } from "./guest.ts";
import { ask } from "./request.ts";

/** How a backup is brought back; `bwlimit` in KiB/s. `force` replaces the guest that has the VMID. */
export interface RestoreParams {
  readonly archive: string;
  readonly storage?: string | undefined;
  readonly pool?: string | undefined;
  readonly unique?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly bwlimit?: number | undefined;
}

/** Makes a guest out of a backup; the answer is the UPID. */
export function restoreGuest(proxmox: Proxmox, { node, type, vmid }: GuestPath, params: RestoreParams) {
  const { archive, ...rest } = params;
  const call =
    type === "qemu"
      ? ask("POST /nodes/{node}/qemu", { node }, { vmid, archive, ...rest })
      : ask("POST /nodes/{node}/lxc", { node }, { vmid, ostemplate: archive, restore: true, ...rest });
  return proxmox.call(call, begun);
}
