import type { World } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import { proxmoxClient, type Proxmox } from "../proxmox/index.ts";
import { byId } from "./cluster.ts";

/** A client for a registered cluster. Nothing is sent yet. */
export async function connect(world: World, id: string): Promise<Proxmox> {
  const cluster = await byId(world, id);
  const token = await world.secrets.read(id);
  if (!token)
    throw new Fault(
      "unreachable",
      "cluster.no-credential",
      `The credential of cluster ${id} is not in the secret store.`,
    );
  const { endpoints, fingerprints } = cluster;
  return proxmoxClient(id, world.dial({ cluster: id, endpoints, fingerprints, token }), world);
}
