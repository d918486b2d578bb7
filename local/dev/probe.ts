import { systemClock } from "../../core/lib/clock.ts";
import { jsonLog } from "../../core/lib/log.ts";
import { parseCredential, proxmoxClient, ProxmoxError, version } from "../../core/proxmox/index.ts";
import { undiciTransport } from "../../core/proxmox/undici.ts";
import type { ProxmoxCluster } from "./cluster.ts";

/** Asks a real cluster once, so that a wrong token or fingerprint is told at once and not with the first call. */
export async function probe(cluster: ProxmoxCluster): Promise<string | undefined> {
  if (cluster.simulated !== undefined) return undefined;
  const { url, fingerprint, token } = cluster;
  const target = {
    cluster: "main",
    endpoints: [url],
    fingerprints: [fingerprint],
    credential: parseCredential(token),
  };
  const log = jsonLog(
    () => undefined,
    () => systemClock.now(),
  );
  try {
    await version(proxmoxClient("main", undiciTransport(target), { clock: systemClock, log }));
    return undefined;
  } catch (error) {
    return error instanceof ProxmoxError ? error.message : String(error);
  }
}
