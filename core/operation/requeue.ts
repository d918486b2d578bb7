import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { clip } from "../lib/clip.ts";
import { MOST_REASON, toldWarnings } from "./ending.ts";
import { itemKey, type ItemRow } from "./item.ts";
import { sendItems } from "./message.ts";
import { letGo } from "./settle.ts";

/** A slot that is given back goes to the next item at once, so one that is needed again soon is kept. */
const KEEP_SECONDS = 4;
/** The longest delay that SQS knows. */
const MOST_SECONDS = 900;

/** How an item waits. What waits for its node or cluster keeps its slot: the next item would meet the same. */
interface Wait {
  readonly delaySeconds: number;
  readonly blockedAt?: string;
  readonly aloneSince?: string | null;
  readonly attempts?: number;
  /** The step that is to come. */
  readonly step?: number;
  readonly keepsSlot?: boolean;
  /** The guest is not where it was listed. */
  readonly moved?: boolean;
}

/**
 * Puts an item back into the queue after something that did not happen; for a longer wait it lets go. Its
 * new fence makes older messages void; should its own get lost, the sweeper sees by `dueAt` that it is late.
 */
export async function requeue(world: World, item: ItemRow, why: string, wait: Wait): Promise<void> {
  const reason = clip(why, MOST_REASON);
  const { blockedAt = item.blockedAt, attempts = item.attempts, keepsSlot = false } = wait;
  const aloneSince = wait.aloneSince ?? null;
  const movedAt = wait.moved === true ? world.clock.now().toISOString() : item.movedAt;
  const delaySeconds = Math.min(MOST_SECONDS, wait.delaySeconds);
  const fence = item.fence + 1;
  const free = item.free || (!keepsSlot && delaySeconds > KEEP_SECONDS);
  const dueAt = new Date(world.clock.now().getTime() + delaySeconds * 1000).toISOString();
  const warnings = toldWarnings(item.warnings);
  const kept = { upid: null, adopted: false, vm: item.vm, detail: item.detail, warnings };
  // What the step before had to wait for is no wait of this one. A mark that came after the look stays.
  const halt = item.haltAt === null ? {} : { haltAt: null };
  const next =
    wait.step === undefined
      ? {}
      : { step: wait.step, ...halt, halted: false, blockedAt: null, aloneSince: null };
  const set = {
    ...kept,
    state: "queued",
    reason,
    fence,
    dueAt,
    blockedAt,
    aloneSince,
    movedAt,
    attempts,
    free,
    ...next,
  };
  const when = { equals: { fence: item.fence, state: item.state } };
  try {
    await world.store.write([{ table: "History", update: itemKey(item.operation, item.n), set, when }]);
  } catch (error) {
    if (error instanceof LostRace) return;
    throw error;
  }
  if (free) await letGo(world, item);
  await sendItems(world, item.lane, [{ operation: item.operation, n: item.n, seen: fence }], delaySeconds);
}

/**
 * Takes an item whose task ended, nobody knows how far it came, back to where its answer was lost: what it did is looked
 * for after the delay, and once nothing more can come of it, before anything is sent again.
 */
export async function reopen(
  world: World,
  item: ItemRow,
  reason: string,
  delaySeconds: number,
): Promise<void> {
  const fence = item.fence + 1;
  const dueAt = new Date(world.clock.now().getTime() + delaySeconds * 1000).toISOString();
  const set = {
    state: "intent",
    upid: null,
    adopted: false,
    reason: clip(reason, MOST_REASON),
    fence,
    dueAt,
  };
  const when = { equals: { fence: item.fence, state: item.state } };
  try {
    await world.store.write([{ table: "History", update: itemKey(item.operation, item.n), set, when }]);
  } catch (error) {
    if (error instanceof LostRace) return;
    throw error;
  }
  const { operation, n } = item;
  const waited = world.settings.ambiguousSeconds;
  await sendItems(world, item.lane, [{ operation, n, seen: fence, waited }], delaySeconds);
}
