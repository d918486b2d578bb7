import type { World } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import { ProxmoxError } from "../proxmox/index.ts";
import { blocked } from "./blocked.ts";
import type { Effect } from "./effect.ts";
import type { ItemRow } from "./item.ts";
import { endOrGoOn } from "./onward.ts";
import { secondsSince } from "./passed.ts";
import { requeue } from "./requeue.ts";
import { untilSeconds } from "./until.ts";

const AWAY_SECONDS = 30;
const LOCKED_SECONDS = 10;
/** For so long silence may be the node's, of which the next item would hear no more; then it is taken for the guest's own. */
const SILENT_SECONDS = 600;
const SILENT_MOST_SECONDS = 900;

/** Whether there was a connection, and no answer. */
const isSilent = (error: unknown) => error instanceof ProxmoxError && error.meaning === "ambiguous";

/** How an item waits for an answer about its guest: after a while without a slot, and longer each time. */
function silence(world: World, { blockedAt }: ItemRow) {
  const since = blockedAt ?? world.clock.now().toISOString();
  const waited = secondsSince(world, since);
  const keepsSlot = waited < SILENT_SECONDS;
  const delaySeconds = keepsSlot ? AWAY_SECONDS : Math.min(SILENT_MOST_SECONDS, Math.ceil(waited / 4));
  return { blockedAt: since, keepsSlot, delaySeconds };
}

/** A look at Proxmox that failed changed nothing, so it may be tried again until the deadline. */
export async function unreadable(world: World, item: ItemRow, effect: Effect, error: unknown): Promise<void> {
  const refused = error instanceof ProxmoxError && error.meaning === "permanent";
  const away = error instanceof Fault && error.kind === "unreachable";
  if (error instanceof Fault && error.kind === "conflict")
    return endOrGoOn(world, item, effect, { state: "failed", code: error.code, reason: error.message });
  if (refused)
    return endOrGoOn(world, item, effect, {
      state: "failed",
      code: "proxmox.refused",
      reason: error.message,
    });
  if (!away && !(error instanceof ProxmoxError)) throw error;
  if (error instanceof ProxmoxError && error.meaning === "wait")
    return blocked(world, item, effect, { reason: error.message, delaySeconds: LOCKED_SECONDS });
  // An attempt that found the guest gone makes the next one ask Proxmox where it is.
  const moved = error instanceof ProxmoxError && error.meaning === "moved";
  const attempts = item.attempts + (moved ? 1 : 0);
  const delaySeconds = untilSeconds(world, error, item) ?? AWAY_SECONDS;
  const wait = isSilent(error) ? silence(world, item) : { delaySeconds, keepsSlot: !moved };
  await requeue(world, item, error.message, { ...wait, attempts, moved });
}
