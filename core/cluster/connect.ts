import type { World } from "../context.ts";
import { proxmoxClient, type Proxmox } from "../proxmox/index.ts";
import { breakerOf } from "./breaker.ts";
import { reachOf } from "./reach.ts";

/** A client for a registered cluster. Nothing is sent yet. */
export async function connect(world: World, id: string): Promise<Proxmox> {
  const { reach, credential, secret } = await reachOf(world, id);
  const transport = world.dial({ cluster: id, ...reach, credential });
  const { clock, log } = world;
  return proxmoxClient(id, transport, { clock, log, breaker: breakerOf(world, id, secret) });
}
