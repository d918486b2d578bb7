import type { World } from "../context.ts";
import * as Cluster from "../cluster/index.ts";
import { Fault } from "../lib/fault.ts";
import { ProxmoxError, toFault } from "../proxmox/index.ts";
import { withAbsent } from "./absent.ts";
import { ageMs } from "./age.ts";
import { askSince } from "./flight.ts";
import type { Listing } from "./listing.ts";
import { doubt, fail, save } from "./save.ts";
import { sightOf } from "./sight.ts";
import { loadHeader, type Header } from "./store.ts";

const SHRUNK = 0.8;
/** A cluster that goes on showing fewer guests for this long has really lost them. */
const BELIEVE_AFTER_MS = 600_000;

/**
 * Since when a cluster has shown too few guests to be believed; null for a listing that is. A token that lost its rights
 * gets 200 and a short list, so an empty or much shorter one is suspect until it has stayed so for ten minutes.
 */
export function suspectSince(
  before: Pick<Header, "guests" | "suspect"> | undefined,
  { guests, asOf }: Pick<Listing, "guests" | "asOf">,
): string | null {
  if (!before || guests.length >= before.guests * SHRUNK) return null;
  const since = before.suspect ?? asOf;
  const age = ageMs(since, new Date(asOf));
  if (age === Infinity) return asOf;
  return age >= BELIEVE_AFTER_MS && guests.length > 0 ? null : since;
}

/** Nodes that are online again need no probe to be spoken to. */
async function welcome(
  world: World,
  cluster: string,
  before: Header | undefined,
  { nodes, asOf }: Listing,
): Promise<void> {
  const away = new Set(before?.nodes.filter(({ online }) => !online).map(({ name }) => name));
  const back = nodes.filter(({ name, online }) => online && away.has(name));
  if (back.length === 0) return;
  const proxmox = await Cluster.connect(world, cluster);
  const lesson = { over: ["node"], since: new Date(asOf) } as const;
  for (const { name } of back) await proxmox.report({ effect: "read", node: name }, lesson);
}

/** What was known when a poll began, and when that was. */
interface Polled {
  readonly before: Header | undefined;
  readonly since: Date;
}

/** What is told of an error in speaking to a cluster; any other is a mistake of ours. */
export function faultOf(error: unknown): Fault {
  if (error instanceof ProxmoxError) return toFault(error);
  if (error instanceof Fault) return error;
  throw error;
}

async function listed(world: World, cluster: string, { before, since }: Polled): Promise<void> {
  const listing = await askSince(world, cluster, since);
  await welcome(world, cluster, before, listing);
  const suspect = suspectSince(before, listing);
  const sighted = await sightOf(world, cluster, { listing, suspect, before });
  const whole = suspect === null ? listing : await withAbsent(world, cluster, listing);
  if (whole) await save(world, cluster, { ...whole, ...sighted, suspect }, before);
  else if (before) await doubt(world, cluster, before, { suspect, ...sighted });
}

/** Asks a cluster and keeps what it says, unless a listing not older than `maxAgeSeconds` is there; why it tells nothing is kept too. */
export async function poll(world: World, cluster: string, maxAgeSeconds = 0): Promise<void> {
  const since = world.clock.now();
  const before = await loadHeader(world, cluster);
  const age = before ? ageMs(before.asOf, world.clock.now()) : Infinity;
  if (age < maxAgeSeconds * 1000) return;
  try {
    await listed(world, cluster, { before, since });
  } catch (error) {
    if (before) await fail(world, cluster, before, faultOf(error));
    throw error;
  }
}

/** The same for whoever can go on without: a cluster that does not answer is for the log, and false. */
export async function refresh(world: World, cluster: string, maxAgeSeconds = 0): Promise<boolean> {
  try {
    await poll(world, cluster, maxAgeSeconds);
    return true;
  } catch (error) {
    world.log.warn("inventory", { cluster, reason: faultOf(error).message });
    return false;
  }
}
