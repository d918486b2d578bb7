import * as z from "zod";
import type { Proxmox } from "./client.ts";
import { notOfferedHere, ProxmoxError } from "./error.ts";
import { ask } from "./request.ts";
import { fields, flag } from "./wire.ts";

const Rule = fields<"GET /cluster/ha/rules">()({
  rule: z.string(),
  nodes: z.string().optional(),
  strict: flag.optional(),
});
const Group = fields<"GET /cluster/ha/groups">()({
  group: z.string(),
  nodes: z.string().optional(),
  restricted: flag.optional(),
});

/** Where HA wants guests to run. `nodes` as Proxmox writes it, with priorities: `pve1:2,pve2`. */
export interface Placement {
  readonly name: string;
  readonly kind: "group" | "rule";
  readonly nodes: string | undefined;
  /** Whether guests may run on these nodes alone. */
  readonly strict: boolean;
}

const MIGRATED = /migrated to rules/;

/** Groups hold until all nodes of a cluster are of 9.x; then they are refused, and have become rules. */
async function groups(proxmox: Proxmox): Promise<Placement[]> {
  try {
    const found = await proxmox.call(ask("GET /cluster/ha/groups", {}), z.array(Group));
    return found.map(({ group: name, nodes, restricted = false }) => {
      return { name, kind: "group", nodes, strict: restricted };
    });
  } catch (error) {
    if (error instanceof ProxmoxError && MIGRATED.test(error.message)) return [];
    return notOfferedHere(error) ?? [];
  }
}

async function rules(proxmox: Proxmox): Promise<Placement[]> {
  if (!(await proxmox.offers("GET /cluster/ha/rules"))) return [];
  const found = await proxmox.call(ask("GET /cluster/ha/rules", {}), z.array(Rule)).catch(notOfferedHere);
  return (found ?? []).map(({ rule: name, nodes, strict = false }) => ({
    name,
    kind: "rule",
    nodes,
    strict,
  }));
}

/** HA's rules and groups: while a cluster is upgraded one node knows rules and the others groups, so both are asked for. */
export async function placements(proxmox: Proxmox): Promise<Placement[]> {
  const known = await rules(proxmox);
  return known.length > 0 ? known : groups(proxmox);
}

const Status = fields<"GET /cluster/ha/status/current">()({
  type: z.string(),
  node: z.string().optional(),
  status: z.string().optional(),
});

/** The nodes that HA has emptied for maintenance, and to which nothing is to be brought. */
export async function inMaintenance(proxmox: Proxmox): Promise<string[]> {
  const rows = await proxmox.call(ask("GET /cluster/ha/status/current", {}), z.array(Status));
  const away = rows.filter(({ type, status }) => type === "lrm" && /maintenance/.test(status ?? ""));
  return away.flatMap(({ node }) => node ?? []);
}
