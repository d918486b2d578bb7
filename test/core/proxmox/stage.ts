import { onTestFinished } from "vitest";
import type { Clock } from "../../../core/lib/clock.ts";
import { jsonLog } from "../../../core/lib/log.ts";
import { proxmoxClient, type Credential, type Proxmox, type Target } from "../../../core/proxmox/index.ts";
import { undiciTransport } from "../../../core/proxmox/undici.ts";
import {
  createSimulator,
  serve,
  type Simulator,
  type SimulatorOptions,
} from "../../../local/proxmox/index.ts";

/** The machine's time, but nobody waits: Proxmox holds a 401 back for three seconds. */
const hasty: Clock = { now: () => new Date(), sleep: async () => undefined };

/** A simulated cluster behind HTTPS, with clients that speak to it through real sockets. */
export async function served(options: SimulatorOptions = {}) {
  const simulator = createSimulator({ clock: hasty, guests: 4, seed: 1, ...options });
  const port = await serve(simulator);
  const { url, fingerprint } = port;
  onTestFinished(() => port.close());
  const target = (more: Partial<Target> = {}): Target => ({
    cluster: "main",
    endpoints: [url],
    fingerprints: [fingerprint],
    credential: { token: simulator.token },
    ...more,
  });
  const lines: string[] = [];
  const client = (more: Partial<Target> = {}, clock: Clock = hasty): Proxmox =>
    proxmoxClient("main", undiciTransport(target(more), clock), {
      clock,
      log: jsonLog(
        (line) => lines.push(line),
        () => new Date(),
      ),
    });
  return { simulator, url, fingerprint, target, client, lines };
}

/** How root proves who they are with a password. */
export const passwordOf = ({ user, password }: Simulator): Credential => ({ user, password });
