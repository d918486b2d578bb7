import * as z from "zod";
import type { World } from "../context.ts";
import { canonical, sha256 } from "../lib/canonical.ts";
import { Fault } from "../lib/fault.ts";

const PK = "cluster";

/** How a cluster is reached; the words are those of `Target`. Whoever sets `insecure` puts it into the audit log. */
export const Reach = z.object({
  endpoints: z.array(z.string()),
  fingerprints: z.array(z.string()),
  pins: z.record(z.string(), z.array(z.string())).exactOptional(),
  ca: z.string().exactOptional(),
  insecure: z.boolean().exactOptional(),
  nodes: z.record(z.string(), z.string()).exactOptional(),
});

/** A registered cluster as it is kept; its credential is in the secret store. */
export const ClusterRow = Reach.extend({ id: z.string(), name: z.string() });
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
  sha256(canonical([cluster.id, cluster.name, Reach.parse(cluster)])).slice(0, 16);
