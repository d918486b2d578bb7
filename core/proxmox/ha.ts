import * as z from "zod";
import type { Proxmox } from "./client.ts";
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

/** HA's groups, or from 9.0 its rules; a cluster of 9.x refuses to speak of groups. */
export async function placements(proxmox: Proxmox): Promise<Placement[]> {
  if (await proxmox.offers("GET /cluster/ha/rules")) {
    const rules = await proxmox.call(ask("GET /cluster/ha/rules", {}), z.array(Rule));
    return rules.map(({ rule: name, nodes, strict = false }) => ({ name, kind: "rule", nodes, strict }));
  }
  const groups = await proxmox.call(ask("GET /cluster/ha/groups", {}), z.array(Group));
  return groups.map(({ group: name, nodes, restricted = false }) => ({
    name,
    kind: "group",
    nodes,
    strict: restricted,
  }));
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
