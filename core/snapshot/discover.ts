import * as z from "zod";
import * as Cluster from "../cluster/index.ts";
import { systemCaller, type World } from "../context.ts";
import { cut } from "../db/index.ts";
import { load, type Guest } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import * as Policy from "../policy/index.ts";
import { ProxmoxError, snapshots, type Proxmox } from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";
import { badExpiry, expiryOf, heldBy, markerOf } from "./description.ts";
import { real, takenAt } from "./entry.ts";
import { expiryChange } from "./expiry.ts";

type SafeMode = Awaited<ReturnType<typeof Policy.safeMode>>;

/** So many guests of a cluster are looked at in one run, one request each: four a minute. */
const MOST = 20;
/** After so many that do not answer, the rest is left to the next run. */
const MOST_ERRORS = 3;

const HOUR_MS = 3_600_000;

/** One whose time is over comes up at the next full hour: it may be known, and have failed to go a moment ago. */
const comesUp = (due: Date, now: Date) =>
  due > now ? due : new Date((Math.floor(now.getTime() / HOUR_MS) + 1) * HOUR_MS);

const Cursor = z.object({ after: z.number() });
const cursorKey = (cluster: string) => ({ pk: "expiry-search", sk: cluster });

/** Whether what others have made on a guest may be deleted once its time is over. */
export function mayExpire(guest: Guest, safeMode: SafeMode): boolean {
  const { actor } = systemCaller("expire", "");
  const question = { action: ACTIONS.delete, actor, safeMode, guest, bulk: true, override: false };
  return Policy.decide(question).decision !== "refused";
}

/** The next guests after the last one that was looked at, and from the beginning after the last of all. */
async function nextGuests(world: World, cluster: string): Promise<Guest[]> {
  const guests = ((await load(world, cluster))?.guests ?? [])
    .filter((guest) => !guest.template)
    .toSorted((a, b) => a.vmid - b.vmid);
  const row = await world.store.get("State", cursorKey(cluster));
  const after = row ? Cursor.parse(row).after : 0;
  return [...guests.filter(({ vmid }) => vmid > after), ...guests.filter(({ vmid }) => vmid <= after)].slice(
    0,
    MOST,
  );
}

/** Remembers what expires on a guest. What somebody else made goes only where safe mode allows it. */
async function look(world: World, proxmox: Proxmox, guest: Guest, safeMode: SafeMode): Promise<void> {
  const others = mayExpire(guest, safeMode);
  const changes = real(await snapshots(proxmox, guest)).flatMap((entry) => {
    const bad = badExpiry(entry.description, takenAt(entry));
    if (bad !== undefined) world.log.warn("expire", { guest: guest.id, snapshot: entry.name, reason: bad });
    const due = expiryOf(entry.description, takenAt(entry));
    const now = world.clock.now();
    const own = markerOf(entry.description) !== undefined;
    const stays = entry.snapstate !== undefined || heldBy(entry.description, now) !== undefined;
    if (!due || stays || !(own || others)) return [];
    return [expiryChange(guest, entry.name, comesUp(due, now), own)];
  });
  for (const part of cut(changes)) await world.store.write(part);
}

/**
 * Looks for snapshots that have a time to live and that nobody remembers: the original's, and those whose description was
 * written by hand. A few guests at each run, so that it takes a while and costs next to nothing.
 */
export async function discover(world: World, cluster: string): Promise<void> {
  let [errors, last] = [0, 0];
  try {
    const guests = await nextGuests(world, cluster);
    const proxmox = await Cluster.connect(world, cluster);
    const safeMode = await Policy.safeMode(world);
    for (const guest of guests) {
      await look(world, proxmox, guest, safeMode).catch((error: unknown) => {
        // A guest that was deleted since the listing has nothing that expires.
        if (error instanceof ProxmoxError && error.meaning === "moved") return;
        errors += 1;
        if (!(error instanceof ProxmoxError) || errors >= MOST_ERRORS) throw error;
      });
      last = guest.vmid;
    }
  } catch (error) {
    if (!(error instanceof ProxmoxError) && !(error instanceof Fault)) throw error;
    world.log.warn("expire", { cluster, reason: `no search: ${error.message}` });
  }
  if (last > 0) await world.store.write([{ table: "State", put: { ...cursorKey(cluster), after: last } }]);
}
