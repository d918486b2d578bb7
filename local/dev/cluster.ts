import { join } from "node:path";
import { createSimulator, serve } from "../proxmox/index.ts";
import { keptCertificate } from "../proxmox/certificate.ts";
import type { Options } from "./options.ts";

/** The Proxmox that this run works on. */
export interface ProxmoxCluster {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly fingerprint: string;
  readonly simulated: string | undefined;
  stop(): Promise<void>;
}

/** A real cluster when one was named, else the simulator on HTTPS with its own certificate. */
export async function startCluster(options: Options): Promise<ProxmoxCluster> {
  const { cluster, token, fingerprint, data, proxmox, guests, speed } = options;
  if (cluster !== undefined && token !== undefined && fingerprint !== undefined) {
    return {
      name: "your cluster",
      url: cluster,
      token,
      fingerprint,
      simulated: undefined,
      stop: () => Promise.resolve(),
    };
  }
  const simulator = createSimulator({ version: proxmox, guests, speed, file: join(data, "proxmox.json") });
  if (simulator.version !== proxmox) {
    throw new Error(
      `${data} holds a simulated Proxmox ${simulator.version}; use --fresh to start again with ${proxmox}`,
    );
  }
  const certificate = await keptCertificate(join(data, "certificate.json"));
  const served = await serve(simulator, { certificate });
  const { url } = served;
  return {
    name: "simulated cluster",
    url,
    token: simulator.token,
    fingerprint: served.fingerprint,
    simulated: simulator.version,
    stop: () => served.close(),
  };
}
