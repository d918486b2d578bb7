import type { Endpoint } from "./facts/index.ts";
import type { World } from "./world.ts";

/** Each daemon of a node has three workers, and each does one thing at a time. */
const WORKERS = 3;
/** The way there and back, in milliseconds. */
const ROUND_TRIP = 5;

/** The workers of one daemon on one node. */
interface Daemon {
  free: number;
  readonly waiting: (() => void)[];
}

/** The daemons of a cluster, by node and role, and how far away they are. */
export interface Daemons {
  readonly roundTrip: number;
  readonly byRole: Map<string, Daemon>;
}

/** Daemons that all stand idle. */
export const daemonsOf = (roundTrip = ROUND_TRIP): Daemons => ({ roundTrip, byRole: new Map() });

const GUEST_LISTS = new Set(["GET /cluster/resources", "GET /nodes/{node}/qemu", "GET /nodes/{node}/lxc"]);

/** Milliseconds of a worker's time that a call costs: the published latency model. */
function costOf(world: World, endpoint: Endpoint): number {
  const call = `${endpoint.method} ${endpoint.path}`;
  const guests = Object.keys(world.state.guests).length;
  if (call === "GET /cluster/resources") return 0.9 + 0.029 * guests;
  if (GUEST_LISTS.has(call)) return 5 + (0.17 * guests) / Object.keys(world.state.nodes).length;
  if (call === "GET /nodes/{node}/tasks") return 1 + 0.006 * 1300;
  if (endpoint.async) return 12 + 0.03 * world.interrupts.size;
  if (endpoint.method !== "GET") return 12;
  return endpoint.protected ? 11 : 1;
}

async function hire(daemon: Daemon): Promise<void> {
  if (daemon.free > 0) {
    daemon.free -= 1;
    return;
  }
  const turn = Promise.withResolvers<void>();
  daemon.waiting.push(() => turn.resolve());
  await turn.promise;
}

function dismiss(daemon: Daemon): void {
  const next = daemon.waiting.shift();
  if (next) next();
  else daemon.free += 1;
}

/** Waits for a worker of the daemon that answers this call, and for its work and the way there. */
export async function work(world: World, daemons: Daemons, endpoint: Endpoint, node: string): Promise<void> {
  const key = `${node} ${endpoint.protected ? "pvedaemon" : "pveproxy"}`;
  const daemon = daemons.byRole.get(key) ?? { free: WORKERS, waiting: [] };
  daemons.byRole.set(key, daemon);
  await world.clock.sleep(daemons.roundTrip / world.speed);
  await hire(daemon);
  await world.clock.sleep(costOf(world, endpoint) / world.speed);
  dismiss(daemon);
}
