import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { secretText } from "../../core/lib/id.ts";
import { createSimulator, serve, type Simulator } from "../proxmox/index.ts";
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

const GUESTS = 24;

/** The simulated cluster of this folder, which must be the one that was asked for. */
function simulatorOf({ data, proxmox, guests, speed }: Options): Simulator {
  const simulator = createSimulator({
    version: proxmox,
    guests: guests ?? GUESTS,
    speed,
    token: `root@pam!main=${randomUUID()}`,
    password: secretText(16),
    file: join(data, "proxmox.json"),
  });
  const count = Object.keys(simulator.state.guests).length;
  if (guests !== undefined && count !== guests) {
    throw new Error(
      `${data} holds a simulated cluster of ${count} guests; use --fresh to start again with ${guests}`,
    );
  }
  if (simulator.version !== proxmox) {
    throw new Error(
      `${data} holds a simulated Proxmox ${simulator.version}; use --fresh to start again with ${proxmox}`,
    );
  }
  return simulator;
}

/** A real cluster when one was named, else the simulator on HTTPS with its own certificate. */
export async function startCluster(options: Options): Promise<ProxmoxCluster> {
  const { cluster, token, fingerprint, data } = options;
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
  const simulator = simulatorOf(options);
  const certificate = await keptCertificate(join(data, "certificate.json"));
  const served = await serve(simulator, { certificate, guarded: true });
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
