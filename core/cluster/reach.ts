import * as z from "zod";
import type { World } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import { parseCredential, type Credential } from "../proxmox/index.ts";
import { Reach, recall } from "./cluster.ts";

/** A credential together with the only way in which it may be used. */
const Bound = Reach.extend({ credential: z.string() });

const noCredential = (detail: string) => new Fault("unreachable", "cluster.no-credential", detail);

function credentialOf(id: string, text: string): Credential {
  try {
    return parseCredential(text);
  } catch {
    throw noCredential(`The credential of cluster ${id} in the secret store cannot be read.`);
  }
}

function boundOf(id: string, secret: string): z.infer<typeof Bound> {
  try {
    return Bound.parse(JSON.parse(secret));
  } catch {
    throw noCredential(`The credential of cluster ${id} in the secret store cannot be read.`);
  }
}

/**
 * How a cluster is reached, and with what. A secret that is an object says both: what is registered has no say then,
 * so that whoever can write there cannot have the credential sent elsewhere.
 */
export async function reachOf(world: World, id: string) {
  const registered = Reach.parse(await recall(world, id));
  const secret = await world.secrets.read(id);
  if (!secret) throw noCredential(`The credential of cluster ${id} is not in the secret store.`);
  if (!secret.startsWith("{")) return { reach: registered, credential: credentialOf(id, secret), secret };
  const { credential, ...reach } = boundOf(id, secret);
  return { reach, credential: credentialOf(id, credential), secret };
}
