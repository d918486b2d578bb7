import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { Guest } from "../inventory/index.ts";
import { current, ProxmoxError, toFault } from "../proxmox/index.ts";

const Status = Guest.shape.status.catch("unknown");

/** What a guest does now, asked of its own node: listings are up to ten seconds old, and a minute in the inventory. */
export async function statusOf(world: World, guest: Guest): Promise<Guest["status"]> {
  try {
    return Status.parse((await current(await Cluster.connect(world, guest.cluster), guest)).status);
  } catch (error) {
    throw error instanceof ProxmoxError ? toFault(error) : error;
  }
}
