import type { World } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import { parseCredential, proxmoxClient, type Credential, type Proxmox } from "../proxmox/index.ts";
import { breakerOf } from "./breaker.ts";
import { Reach, recall } from "./cluster.ts";

const noCredential = (detail: string) => new Fault("unreachable", "cluster.no-credential", detail);

function credentialOf(id: string, secret: string): Credential {
  try {
    return parseCredential(secret);
  } catch {
    throw noCredential(`The credential of cluster ${id} in the secret store cannot be read.`);
  }
}

/** A client for a registered cluster. Nothing is sent yet. */
export async function connect(world: World, id: string): Promise<Proxmox> {
  const cluster = await recall(world, id);
  const secret = await world.secrets.read(id);
  if (!secret) throw noCredential(`The credential of cluster ${id} is not in the secret store.`);
  const credential = credentialOf(id, secret);
  const transport = world.dial({ cluster: id, ...Reach.parse(cluster), credential });
  const { clock, log } = world;
  return proxmoxClient(id, transport, { clock, log, breaker: breakerOf(world, id, secret) });
}
