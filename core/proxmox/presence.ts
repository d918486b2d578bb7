import * as z from "zod";
import type { Proxmox } from "./client.ts";
import type { StoragePath } from "./content.ts";
import { ProxmoxError } from "./error.ts";
import { ask } from "./request.ts";
import { fields } from "./wire.ts";

const Volume = fields<"GET /nodes/{node}/storage/{storage}/content">()({ volid: z.string() });

/** The ids of what one node sees on a storage: of one kind of content, and of one guest where it is named. */
export async function volumesOn(
  proxmox: Proxmox,
  place: StoragePath,
  { content, vmid }: { readonly content: string; readonly vmid?: number | undefined },
): Promise<string[]> {
  const call = ask("GET /nodes/{node}/storage/{storage}/content", { ...place }, { content, vmid });
  return (await proxmox.call(call, z.array(Volume))).map(({ volid }) => volid);
}

const Interface = fields<"GET /nodes/{node}/network">()({ iface: z.string() });

/** The bridges and VNets of a node that the token may use. */
export async function bridgesOn(proxmox: Proxmox, node: string): Promise<string[]> {
  const call = ask("GET /nodes/{node}/network", { node }, { type: "any_bridge" });
  return (await proxmox.call(call, z.array(Interface))).map(({ iface }) => iface);
}

const MAPPINGS = ["pci", "usb", "dir"] as const;
/** What is mapped: devices on two buses, and directories. */
export type MappingKind = (typeof MAPPINGS)[number];

const Mapping = z.object({ id: z.string(), map: z.array(z.string()).default([]) });

/** The mappings that the token may see, by their ids, each with the nodes that have it; undefined for a version without any. */
export async function mappingsOf(
  proxmox: Proxmox,
  kind: MappingKind,
): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
  const endpoint = `GET /cluster/mapping/${kind}` as const;
  if (!(await proxmox.offers(endpoint))) return undefined;
  const rows = await proxmox.call(ask(endpoint, {}), z.array(Mapping));
  const nodeOf = (entry: string) => /(?:^|,)node=([^,]+)/.exec(entry)?.[1] ?? [];
  return new Map(rows.map(({ id, map }) => [id, map.flatMap(nodeOf)]));
}

const Pool = z.object({ members: z.array(z.unknown()) });
const NamedPools = z.array(z.object({ poolid: z.string() }));

/** Asks for a pool; one within another is asked for by a parameter, which versions without such pools lack. */
async function findPool(proxmox: Proxmox, poolid: string): Promise<boolean> {
  if (!poolid.includes("/")) {
    await proxmox.call(ask("GET /pools/{poolid}", { poolid }), Pool);
    return true;
  }
  if (!(await proxmox.offers("GET /pools", ["poolid"]))) return false;
  const pools = await proxmox.call(ask("GET /pools", {}, { poolid }), NamedPools);
  return pools.some((pool) => pool.poolid === poolid);
}

/** Whether a pool is there; undefined for a token that may not see it. */
export async function isPool(proxmox: Proxmox, poolid: string): Promise<boolean | undefined> {
  try {
    return await findPool(proxmox, poolid);
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    if (/(?:^|\s)(?:no such )?pool '.*' does not exist|no such pool/.test(error.message)) return false;
    if (error.refusal.status === 403) return undefined;
    throw error;
  }
}
