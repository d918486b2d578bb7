import * as z from "zod";
import { fileSecrets, parameterSecrets, type Secrets } from "../../../core/aws/secret.ts";
import type { Target, Transport } from "../../../core/proxmox/transport.ts";
import { undiciTransport } from "../../../core/proxmox/undici.ts";
import { environment, linked } from "../environment.ts";
import type { Provider } from "../provider.ts";

const SECRET_MS = 300_000;
const transports = new Map<string, { reach: string; transport: Transport }>();

/** One set of connections per cluster, kept as long as this function lives and the cluster is reached in the same way. */
function dial(target: Target): Transport {
  const reach = JSON.stringify(target);
  const kept = transports.get(target.cluster);
  if (kept?.reach === reach) return kept.transport;
  const transport = undiciTransport(target);
  transports.set(target.cluster, { reach, transport });
  return transport;
}

/** Asks the secret store again after five minutes, so that a rotated token is found. */
function remembered(secrets: Secrets): Secrets {
  const known = new Map<string, { value: string; until: number }>();
  return {
    async read(cluster) {
      const found = known.get(cluster);
      if (found && found.until > Date.now()) return found.value;
      const value = await secrets.read(cluster);
      if (value !== undefined) known.set(cluster, { value, until: Date.now() + SECRET_MS });
      return value;
    },
  };
}

/** Proxmox itself: functions in the network, with the right to read the clusters' credentials. */
export const proxmox: Provider = {
  name: "proxmox",
  provide() {
    const { MOXXIE_SECRETS_FILE: file } = environment();
    const secrets =
      file === undefined
        ? parameterSecrets(linked("Clusters", z.object({ path: z.string() })).path)
        : fileSecrets(file);
    return { dial, secrets: remembered(secrets) };
  },
};
