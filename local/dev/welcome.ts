import type { ProxmoxCluster } from "./cluster.ts";

interface Facts {
  readonly url: string;
  readonly apiKey: string;
  readonly cluster: ProxmoxCluster;
  readonly data: string;
  /** Why Proxmox does not answer, if it does not. */
  readonly trouble: string | undefined;
}

/** What is printed once everything answers: where, with which key, and three lines to try. */
export function welcome({ url, apiKey, cluster, data, trouble }: Facts): string {
  const key = `-H "X-API-Key: ${apiKey}"`;
  const proxmox =
    cluster.simulated === undefined
      ? cluster.url
      : `${cluster.url} (simulated Proxmox VE ${cluster.simulated})`;
  return `
  Moxxie is ready.

  API      ${url}
  Docs     ${url}/docs
  Key      ${apiKey}
  Proxmox  ${proxmox}
  State    ${data} (log: moxxie.log)${trouble === undefined ? "" : `\n\n  Proxmox does not answer as it should: ${trouble}`}

  Try:
    curl ${key} "${url}/v1/vms?tags=env-prod%20AND%20NOT%20always-on"
    curl ${key} -d '{"select":{"tags":"env-prod"},"name":"{vm}-{datetime}","ttl":"4h"}' "${url}/v1/bulk/snapshots?wait=20s"
    curl ${key} "${url}/v1/audit?limit=5"
`;
}
