import * as z from "zod";
import { model } from "./model.ts";
import { PEERS, type Peer, type Port } from "./peers/index.ts";

/** What a peer took for the same work. */
export interface PeerRun {
  readonly name: string;
  readonly pattern: string;
  readonly verifies: boolean;
  readonly minutes: number;
  readonly requests: number;
  readonly bytes: number;
  readonly mostTasks: number;
}

const DAYS = 10 * 86_400_000;
const Data = z.object({ data: z.unknown() });

const form = (values: Readonly<Record<string, string>>) => new URLSearchParams(values).toString();

async function runPeer(peer: Peer, fleet: { nodes: number; guests: number; seed: number }): Promise<PeerRun> {
  const stage = await model(fleet);
  const { clock, simulator, carry } = stage;
  const guests = Object.values(simulator.state.guests).map(({ vmid, node }) => ({ vmid, node }));
  const port: Port = {
    clock,
    guests,
    nodeCap: stage.world.settings.nodeCap,
    async ask(method, path, values) {
      const body = values === undefined ? {} : { body: form(values) };
      const reply = await carry({ method, target: path, timeoutMs: 30_000, ...body });
      if (reply.status !== 200) throw new Error(`${method} ${path}: ${reply.status} ${reply.reason}`);
      return Data.parse(JSON.parse(reply.body)).data;
    },
  };
  const start = clock.now().getTime();
  await clock.until(peer.run(port), DAYS);
  const minutes = (clock.now().getTime() - start) / 60_000;
  const { total, peak } = simulator.counters();
  const { name, pattern, verifies } = peer;
  const mostTasks = Math.max(...Object.values(peak));
  return { name, pattern, verifies, minutes, requests: total.requests, bytes: total.sent, mostTasks };
}

/** Lets every peer do the same to a fleet of its own. */
export async function runPeers(fleet: { nodes: number; guests: number; seed: number }): Promise<PeerRun[]> {
  const runs: PeerRun[] = [];
  for (const peer of PEERS) runs.push(await runPeer(peer, fleet));
  return runs;
}
