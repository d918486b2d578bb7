import * as z from "zod";
import { begun } from "./begun.ts";
import type { Proxmox } from "./client.ts";
import { atGuest, type GuestPath } from "./guest.ts";
import { ask } from "./request.ts";
import type { Params } from "./types/generated.ts";

type Resize = Pick<Params["PUT /nodes/{node}/qemu/{vmid}/resize"], "disk" | "size" | "digest">;

/** Makes a disk of a VM larger: the UPID, or null from Proxmox 7, where it is done by the time of the answer. */
export const resizeDisk = (proxmox: Proxmox, guest: GuestPath & { type: "qemu" }, params: Resize) =>
  proxmox.call(
    ask("PUT /nodes/{node}/qemu/{vmid}/resize", atGuest(guest), { ...params }),
    z.union([begun, z.null()]),
  );
