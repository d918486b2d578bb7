import { join } from "node:path";
import { startCloud, type Cloud } from "./dev/cloud.ts";
import { startCluster, type ProxmoxCluster } from "./dev/cluster.ts";
import { Gateway } from "./dev/gateway.ts";
import { Host } from "./dev/host.ts";
import { lock } from "./dev/lock.ts";
import { logFile } from "./dev/log-file.ts";
import { readOptions, warningsOf, type Options } from "./dev/options.ts";
import { ownerOf } from "./dev/owner.ts";
import { probe } from "./dev/probe.ts";
import { askToken } from "./dev/token.ts";
import { welcome } from "./dev/welcome.ts";
import { openStore, seed } from "./dev/seed.ts";
import { Sources } from "./dev/sources.ts";
import { clear, keep, makePrivate, writePrivate, type Kept } from "./dev/state.ts";
import { startTimers } from "./dev/timers.ts";
import { startTtl } from "./dev/ttl.ts";

const OLDEST_NODE = 24;

/** Seconds: a real Proxmox keeps its own time; the simulated one has no proxy on the way, so one need not wait long after a kill. */
const REAL = { lease: 90, ambiguous: 45, visibility: 100 };
const SIMULATED = { lease: 5, ambiguous: 5, visibility: 8 };

/** What the functions are told. */
const environmentOf = (cloud: Cloud, cluster: ProxmoxCluster, kept: Kept, secrets: string) => ({
  ...cloud.environment,
  // Not where SST would look: each function is shown its own links alone.
  MOXXIE_LINKS: JSON.stringify({
    ...cloud.resources,
    KeyPepper: { value: kept.pepper },
    SealingKey: { value: kept.sealingKey },
  }),
  MOXXIE_SECRETS_FILE: secrets,
  MOXXIE_LEASE_SECONDS: String(cluster.simulated === undefined ? REAL.lease : SIMULATED.lease),
  MOXXIE_AMBIGUOUS_SECONDS: String(cluster.simulated === undefined ? REAL.ambiguous : SIMULATED.ambiguous),
  MOXXIE_POLL_SECONDS: "1,1,2,5",
});

/** The token, with where it may be sent: that is not taken from the tables. */
const secretOf = ({ url, token, fingerprint }: ProxmoxCluster) =>
  JSON.stringify({ credential: token, endpoints: [url], fingerprints: [fingerprint] });

async function start(options: Options) {
  const { data } = options;
  await lock(data);
  makePrivate(data);
  const gateway = await Gateway.open(options.port);
  if (options.fresh) clear(data);
  const kept = keep(data, ownerOf(options));
  const [cluster, cloud] = await Promise.all([
    startCluster(options),
    startCloud(data, (options.cluster === undefined ? SIMULATED : REAL).visibility),
  ]);
  const secrets = join(data, "secrets.json");
  writePrivate(secrets, { main: secretOf(cluster) });
  await seed(openStore(cloud.db), cluster, kept);
  const host = new Host(environmentOf(cloud, cluster, kept, secrets), logFile(join(data, "moxxie.log")));
  gateway.serve(host);
  const sources = new Sources(cloud.queues, host);
  const timers = startTimers(host);
  const ttl = startTtl(cloud.db);
  const info = {
    url: gateway.url,
    apiKey: kept.apiKey,
    proxmoxUrl: cluster.url,
    proxmoxToken: cluster.token,
  };
  writePrivate(join(data, "dev.json"), info);
  console.log(welcome({ ...info, cluster, data, trouble: await probe(cluster) }));
  return async () => {
    ttl.stop();
    timers.stop();
    sources.stop();
    gateway.close();
    await host.stop();
    await cloud.stop();
    await cluster.stop();
  };
}

/** What nobody waited for is told and does no more harm: one failed call is no reason to end the server. */
function tell(reason: unknown): void {
  const text = reason instanceof Error ? reason.stack : String(reason);
  console.error(JSON.stringify({ level: "error", event: "rejection", reason: text }));
}

async function main() {
  process.umask(0o077);
  const major = Number(process.versions.node.split(".")[0]);
  if (major < OLDEST_NODE)
    throw new Error(
      `Moxxie needs Node ${OLDEST_NODE}; this is ${process.version}. Start it with npm run dev.`,
    );
  const args = process.argv.slice(2);
  for (const warning of warningsOf(args)) console.error(warning);
  const ask = process.stdin.isTTY ? askToken : undefined;
  const stop = await start(await readOptions(args, { environment: process.env, ask }));
  process.on("unhandledRejection", tell);
  for (const signal of ["SIGINT", "SIGTERM"])
    process.once(signal, () => void stop().then(() => process.exit(0), fail));
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? `moxxie: ${error.message}` : error);
  process.exit(1);
}

await main().catch(fail);
