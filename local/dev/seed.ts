import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { keep } from "../../core/auth/index.ts";
import { register } from "../../core/cluster/index.ts";
import { systemCaller } from "../../core/context.ts";
import { newId } from "../../core/lib/id.ts";
import { LostRace, type Store } from "../../core/db/index.ts";
import { dynamoStore } from "../../core/db/dynamo.ts";
import { systemClock } from "../../core/lib/clock.ts";
import { safeModeRow } from "../../core/policy/index.ts";
import { TABLES } from "../aws/tables.ts";
import type { ProxmoxCluster } from "./cluster.ts";
import type { Kept } from "./state.ts";

const nameOf = (wanted: string) => TABLES.find((table) => table.TableName === wanted)?.TableName ?? wanted;

/** Puts in what a first start needs: the admin key, the cluster, safe mode. What is there already stays. */
export async function seed(
  store: Store,
  cluster: ProxmoxCluster,
  kept: Pick<Kept, "apiKey" | "pepper">,
): Promise<void> {
  const world = { store, clock: systemClock, settings: { pepper: kept.pepper } };
  await keep(world, kept.apiKey, { name: "admin", role: "admin" });
  const { url, fingerprint, name } = cluster;
  await register(
    { ...world, ...systemCaller("dev", newId("req", systemClock.now())) },
    { id: "main", name, endpoints: [url], fingerprints: [fingerprint] },
  );
  const put = safeModeRow({ mode: "permissive", ownerTag: "moxxie" });
  await world.store.write([{ table: "State", put, when: { exists: false } }]).catch((error: unknown) => {
    if (!(error instanceof LostRace)) throw error;
  });
}

/** The store of this run. */
export function openStore(client: DynamoDBClient): Store {
  const names = {
    State: nameOf("State"),
    Runtime: nameOf("Runtime"),
    History: nameOf("History"),
    Audit: nameOf("Audit"),
  };
  return dynamoStore(names, systemClock, client);
}
