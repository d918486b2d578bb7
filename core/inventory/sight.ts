import type { World } from "../context.ts";
import * as Cluster from "../cluster/index.ts";
import { ProxmoxError, sight } from "../proxmox/index.ts";
import { ageMs } from "./age.ts";
import type { Listing } from "./listing.ts";
import type { Header } from "./store.ts";

/** A token that loses rights on a few guests is noticed within this time. */
const AGAIN_MS = 300_000;

/** What a token sees, and when it was asked for. */
type Sighted = Pick<Header, "sight" | "sightAt">;

/** A listing that was just made, and what was known before it. */
interface Seen {
  readonly listing: Listing;
  readonly suspect: string | null;
  readonly before: Header | undefined;
}

/** Whether a listing may lack guests: no privilege looks like no guests, and a token that sees some is asked until it sees all. */
function isDoubtful({ listing, suspect, before }: Seen): boolean {
  const lacks = listing.guests.length === 0 || suspect !== null;
  return lacks || before === undefined || before.sightAt === null || before.sight !== "all";
}

/**
 * What a token may see: asked at first, while it is not all, where guests are missing, and every five minutes. Should that
 * not be answered, what was known stays, unless the listing itself is doubtful.
 */
export async function sightOf(world: World, cluster: string, seen: Seen): Promise<Sighted> {
  const { before, listing } = seen;
  const known = { sight: before?.sight ?? "all", sightAt: before?.sightAt ?? null };
  const doubtful = isDoubtful(seen);
  const age = known.sightAt === null ? Infinity : ageMs(known.sightAt, world.clock.now());
  if (!doubtful && age < AGAIN_MS) return known;
  try {
    return { sight: await sight(await Cluster.connect(world, cluster)), sightAt: listing.asOf };
  } catch (error) {
    if (!(error instanceof ProxmoxError) || listing.guests.length === 0 || seen.suspect !== null) throw error;
    return known;
  }
}
