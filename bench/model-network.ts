import type { Clock } from "../core/lib/clock.ts";
import { NoAnswer, type Transport, type WireRequest } from "../core/proxmox/index.ts";
import { ConnectionLost, type Simulator } from "../local/proxmox/index.ts";

/** Milliseconds to the cluster and back. */
export const ROUND_TRIP = 20;
/** A TLS 1.3 handshake on a new TCP connection. */
const HANDSHAKE = 2 * ROUND_TRIP + 5;
const IDLE_MS = 5000;
const REQUESTS = 100;
const FORM = "application/x-www-form-urlencoded";

interface Connection {
  readonly used: number;
  readonly since: number;
}

/** Counts how many requests that change something wait for their answer at once, by node. */
function writesAtOnce() {
  const open = new Map<string, number>();
  let most = 0;
  const change = ({ method, target }: WireRequest, by: number) => {
    if (method === "GET") return;
    const node = /^\/nodes\/([^/]+)/.exec(target)?.[1] ?? "";
    const now = (open.get(node) ?? 0) + by;
    open.set(node, now);
    most = Math.max(most, now);
  };
  return { change, most: () => most };
}

/** Connections to a simulated cluster, which have to be made and are closed by either side as genuine ones are. */
export function network(simulator: Simulator, clock: Clock) {
  const idle: Connection[] = [];
  const targets: string[] = [];
  const writes = writesAtOnce();
  const now = () => clock.now().getTime();

  async function take(): Promise<Connection> {
    for (let found = idle.pop(); found; found = idle.pop())
      if (now() - found.since < IDLE_MS && found.used < REQUESTS) return found;
    await clock.sleep(HANDSHAKE);
    return { used: 0, since: now() };
  }

  async function exchange(token: string, { method, target, body }: WireRequest) {
    const { used } = await take();
    const form = body === undefined ? {} : { "content-type": FORM };
    const headers = { authorization: `PVEAPIToken=${token}`, ...form };
    const answer = await simulator.handle({ method, target: `/api2/json${target}`, headers, body });
    if (!answer.headers["connection"]?.startsWith("close")) idle.push({ used: used + 1, since: now() });
    return { status: answer.status, reason: answer.reason, body: answer.body };
  }

  const transport =
    (token: string): Transport =>
    async (wire) => {
      targets.push(wire.target);
      writes.change(wire, 1);
      try {
        return await exchange(token, wire);
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
        throw new NoAnswer("the connection was lost", error.code === "ECONNRESET", error);
      } finally {
        writes.change(wire, -1);
      }
    };
  return { transport, targets, mostWrites: writes.most };
}
