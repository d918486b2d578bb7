import type { Guest } from "./state.ts";
import { seconds, type World } from "./world.ts";

/** Statistics of a lost node are kept for this many seconds. */
const REMEMBERED = 300;

/** The statistics daemon goes round this often. */
const ROUND_S = 10;

const lastRound = (world: World) => seconds(world) - (seconds(world) % ROUND_S);

/** Whether there are no statistics of a guest: they are gone with its node, or the daemon has not seen it yet. */
export function isForgotten(world: World, guest: Guest): boolean {
  if (world.late && (guest.bornAt ?? 0) > lastRound(world)) return true;
  const { lostAt } = world.state.nodes[guest.node] ?? {};
  return lostAt !== undefined && seconds(world) - lostAt > REMEMBERED;
}

/** Of a guest without statistics only its place is known, not even its name. */
export const forgotten = ({ kind, vmid, node }: Guest) => ({
  id: `${kind}/${vmid}`,
  type: kind,
  vmid,
  node,
  status: "unknown",
});

/** The guest as its statistics show it: what has happened since the last round is not in them yet. */
export function asSeen(world: World, guest: Guest): Guest {
  if (!world.late) return guest;
  const round = lastRound(world);
  const { startedAt = 0, stoppedAt = 0 } = guest;
  if (guest.status === "running" && startedAt > round) return { ...guest, status: "stopped" };
  if (guest.status === "stopped" && stoppedAt > round) return { ...guest, status: "running" };
  return guest;
}
