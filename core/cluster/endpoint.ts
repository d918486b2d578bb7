import type { World } from "../context.ts";
import { clusterStatus, type Proxmox } from "../proxmox/index.ts";
import { reachOf } from "./reach.ts";

const PORT = 8006;

/** The address by which the other nodes know this one; the name where Proxmox does not tell. */
async function told(proxmox: Proxmox, node: string): Promise<URL> {
  const status = await clusterStatus(proxmox).catch(() => undefined);
  const host = status?.nodes.find(({ name }) => name === node)?.ip ?? node;
  return new URL(`https://${host.includes(":") ? `[${host}]` : host}:${PORT}`);
}

/**
 * Where one node is reached: by its own endpoint, or by the only one that the cluster has. Where each of several could
 * be it, Proxmox is asked.
 */
export async function endpointOf(world: World, proxmox: Proxmox, node: string): Promise<URL> {
  const { nodes, endpoints } = (await reachOf(world, proxmox.cluster)).reach;
  const known = nodes?.[node] ?? (endpoints.length === 1 ? endpoints[0] : undefined);
  return known === undefined ? told(proxmox, node) : new URL(known);
}
