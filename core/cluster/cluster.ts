import * as z from "zod";
import { append, draft } from "../audit/index.ts";
import type { Context, World } from "../context.ts";
import type { Change } from "../db/index.ts";
import { canonical, sha256 } from "../lib/canonical.ts";
import { unknownFilter } from "../lib/filter.ts";
import { Fault } from "../lib/fault.ts";
import { memo } from "../lib/memo.ts";

const PK = "cluster";

/** How a cluster is reached; the words are those of `Target`. */
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

/** A warning for a filter by a cluster that is not registered. */
export const unknownCluster = async (world: World, id: string | undefined) =>
  id === undefined
    ? []
    : unknownFilter(
        "cluster",
        id,
        (await all(world)).map((one) => one.id),
      );

/** One cluster, or 404. */
export async function byId(world: World, id: string): Promise<ClusterRow> {
  const row = await world.store.get("State", { pk: PK, sk: id });
  if (!row) throw new Fault("missing", "cluster.missing", `There is no cluster ${id}.`);
  return ClusterRow.parse(row);
}

const recent = memo<ClusterRow>(5000);

/** The same as it was up to five seconds ago, for whoever speaks to it: each item of an operation does so several times. */
export const recall = (world: World, id: string): Promise<ClusterRow> =>
  recent(world.store, id, world.clock.now(), () => byId(world, id));

/**
 * Registers a cluster, or replaces how it is reached. Reaching it without looking at its certificate is kept in
 * the audit log, in the same transaction: it cannot be done without leaving a trace.
 */
export async function register(ctx: Registrar, cluster: ClusterRow): Promise<void> {
  const put: Change = { table: "State", put: { pk: PK, sk: cluster.id, ...cluster } };
  if (!cluster.insecure) return ctx.store.write([put]);
  const reason = "its certificate is not looked at: whoever is in between can read the credential";
  const entry = draft(ctx, {
    action: "cluster.insecure",
    target: cluster.id,
    outcome: "succeeded",
    decision: "override",
    reason,
  });
  await append(ctx, [entry], [put]);
}

type Registrar = Pick<Context, "store" | "clock" | "actor" | "source" | "requestId">;

/** The version of what is kept of a cluster, for If-Match. */
export const clusterEtag = (cluster: ClusterRow) =>
  sha256(canonical([cluster.id, cluster.name, Reach.parse(cluster)])).slice(0, 16);
