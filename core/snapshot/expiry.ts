import * as z from "zod";
import type { World } from "../context.ts";
import type { Change } from "../db/index.ts";

/** A snapshot that is to go at a time, in the order in which they are due. The description in Proxmox decides, this only finds it. */
export const ExpiryRow = z.object({
  pk: z.string(),
  sk: z.string(),
  cluster: z.string(),
  vmid: z.number(),
  name: z.string(),
  at: z.string(),
  /** Whether Moxxie took it: then safe mode has no say. */
  own: z.boolean().default(true),
});
export type ExpiryRow = z.infer<typeof ExpiryRow>;

const pk = (cluster: string) => `expiry#${cluster}`;

const toRow = (cluster: string, due: Date, entry: Omit<ExpiryRow, "pk" | "sk" | "cluster">): ExpiryRow => {
  return { pk: pk(cluster), sk: `${due.toISOString()}#${entry.vmid}#${entry.name}`, cluster, ...entry };
};

/** The change that remembers when a snapshot is due. */
export function expiryChange(
  vm: { readonly cluster: string; readonly vmid: number },
  name: string,
  at: Date,
  own = true,
): Change {
  return { table: "State", put: toRow(vm.cluster, at, { vmid: vm.vmid, name, at: at.toISOString(), own }) };
}

/** The snapshots of a cluster whose time has come, the oldest first. */
export async function due(world: World, cluster: string, limit: number): Promise<ExpiryRow[]> {
  const before = world.clock.now().toISOString();
  const rows = await world.store.query({ table: "State", pk: pk(cluster), before, limit });
  return rows.map((row) => ExpiryRow.parse(row));
}

/** The same entry, to come up again later: it is forgotten only once its snapshot is surely gone. */
export function later(row: ExpiryRow, at: Date): { next: ExpiryRow; changes: Change[] } {
  const next = toRow(row.cluster, at, { vmid: row.vmid, name: row.name, at: row.at, own: row.own });
  return { next, changes: [{ table: "State", put: next }, forget(row)] };
}

/** Forgets an entry. */
export const forget = (row: { pk: string; sk: string }): Change => ({
  table: "State",
  remove: { pk: row.pk, sk: row.sk },
});
