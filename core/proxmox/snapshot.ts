import * as z from "zod";
import { begun } from "./begun.ts";
import type { Proxmox } from "./client.ts";
import { listed } from "../lib/list.ts";
import { atGuest, type GuestPath } from "./guest.ts";
import { ask } from "./request.ts";
import { fields, flag, numeric } from "./wire.ts";

const Entry = fields<"GET /nodes/{node}/qemu/{vmid}/snapshot">()({
  name: z.string(),
  description: z.string().optional(),
  snaptime: numeric.optional(),
  parent: z.string().optional(),
  vmstate: numeric.optional(),
  snapstate: z.string().optional(),
});

/** A snapshot as Proxmox lists it; the last one of a list is `current`, the guest itself. */
export type SnapshotEntry = z.infer<typeof Entry>;

/** The guest itself is always in it: a list without it is no list of snapshots, and would show that there are none. */
const Entries = z.array(Entry).refine((list) => list.some(({ name }) => name === "current"), "no current");

/** All snapshots of a guest. */
export const snapshots = (proxmox: Proxmox, guest: GuestPath) =>
  proxmox.call(ask(`GET /nodes/{node}/${guest.type}/{vmid}/snapshot`, atGuest(guest)), Entries);

/** Takes a snapshot; the answer is the UPID. Name and lock are checked only inside the task. */
export function takeSnapshot(
  proxmox: Proxmox,
  guest: GuestPath,
  params: { snapname: string; description: string; vmstate: boolean },
) {
  const { vmstate, ...rest } = params;
  const withMemory = guest.type === "qemu" && vmstate ? { vmstate } : {};
  return proxmox.call(
    ask(`POST /nodes/{node}/${guest.type}/{vmid}/snapshot`, atGuest(guest), { ...rest, ...withMemory }),
    begun,
  );
}

/** Deletes a snapshot; the answer is the UPID. */
export const deleteSnapshot = (proxmox: Proxmox, guest: GuestPath, snapname: string) =>
  proxmox.call(
    ask(`DELETE /nodes/{node}/${guest.type}/{vmid}/snapshot/{snapname}`, { ...atGuest(guest), snapname }),
    begun,
  );

/** Changes the description of a snapshot, which is done once it is answered. */
export const describeSnapshot = (proxmox: Proxmox, guest: GuestPath, snapname: string, description: string) =>
  proxmox.call(
    ask(
      `PUT /nodes/{node}/${guest.type}/{vmid}/snapshot/{snapname}/config`,
      { ...atGuest(guest), snapname },
      { description },
    ),
    z.null(),
  );

/** Every snapshot says when it was taken; what does not is none. */
const Tagged = z.object({ snaptime: numeric, tags: z.string().optional() });

/** The tags that a guest had when a snapshot of it was taken, and has again once it is brought back to that. */
export async function tagsInSnapshot(
  proxmox: Proxmox,
  guest: GuestPath,
  snapname: string,
): Promise<string[]> {
  const path = `/nodes/{node}/${guest.type}/{vmid}/snapshot/{snapname}/config` as const;
  return listed((await proxmox.call(ask(`GET ${path}`, { ...atGuest(guest), snapname }), Tagged)).tags);
}

/** Brings a guest back to a snapshot; the answer is the UPID. Everything written since is lost, and it stops on the way. */
export const rollBack = (proxmox: Proxmox, guest: GuestPath, snapname: string, start: boolean) =>
  proxmox.call(
    ask(
      `POST /nodes/{node}/${guest.type}/{vmid}/snapshot/{snapname}/rollback`,
      { ...atGuest(guest), snapname },
      { start },
    ),
    begun,
  );

const Feature = z.object({ hasFeature: flag });

/** Whether all storages of a guest can do this with its disks as they are, or as a snapshot has them: `clone` makes linked copies, `copy` full ones. */
export async function hasFeature(
  proxmox: Proxmox,
  guest: GuestPath,
  feature: "snapshot" | "clone" | "copy",
  snapname?: string,
): Promise<boolean> {
  const call = ask(`GET /nodes/{node}/${guest.type}/{vmid}/feature`, atGuest(guest), { feature, snapname });
  return (await proxmox.call(call, Feature)).hasFeature;
}

/** Whether the storages of a guest can take snapshots. */
export const canSnapshot = (proxmox: Proxmox, guest: GuestPath) => hasFeature(proxmox, guest, "snapshot");
