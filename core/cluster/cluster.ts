import * as z from "zod";
import type { World } from "../context.ts";
import { sha256 } from "../lib/canonical.ts";
import { Fault } from "../lib/fault.ts";

const PK = "cluster";

/** A registered cluster as it is kept; its credential is in the secret store. */
export const ClusterRow = z.object({
  id: z.string(),
  name: z.string(),
  endpoints: z.array(z.string()),
  fingerprints: z.array(z.string()),
});
export type ClusterRow = z.infer<typeof ClusterRow>;

/** All registered clusters, in the order of their ids. */
export async function all(world: World): Promise<ClusterRow[]> {
  return (await world.store.query({ table: "State", pk: PK })).map((row) => ClusterRow.parse(row));
}

/** One cluster, or 404. */
export async function byId(world: World, id: string): Promise<ClusterRow> {
  const row = await world.store.get("State", { pk: PK, sk: id });
  if (!row) throw new Fault("missing", "cluster.missing", `There is no cluster ${id}.`);
  return ClusterRow.parse(row);
}

/** Registers a cluster, or replaces how it is reached. */
export async function register(world: Pick<World, "store">, cluster: ClusterRow): Promise<void> {
  await world.store.write([{ table: "State", put: { pk: PK, sk: cluster.id, ...cluster } }]);
}

/** The version of what is kept of a cluster, for If-Match. */
export const clusterEtag = (cluster: ClusterRow) =>
  sha256([cluster.id, cluster.name, ...cluster.endpoints, ...cluster.fingerprints].join("\n")).slice(0, 16);
