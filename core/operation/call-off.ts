import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { pooled } from "../lib/pool.ts";
import { abandon, type Abandoning } from "./abandon.ts";
import { markHalts } from "./halt.ts";
import { laneChange, lanesOf, loadLane } from "./lane.ts";
import type { OperationRow } from "./operation.ts";
import { turn } from "./turn.ts";
import { unfinished } from "./unfinished.ts";

const WIDTH = 4;
/** Turns of a busy node change its lanes all the time. */
const ATTEMPTS = 50;

/** Nothing more of a lane is started from here on. */
async function stopLane(world: World, lane: string, operation: OperationRow): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const row = await loadLane(world, lane, operation);
    if (!row || row.stopped) return;
    try {
      return await world.store.write([laneChange(row, { ...row, stopped: true })]);
    } catch (error) {
      if (!(error instanceof LostRace) || attempt >= ATTEMPTS) throw error;
    }
  }
}

/**
 * Ends the items of a lane that have begun and wait, for a lock or for their node, and marks those whose task is to be
 * stopped. An item that moves on meanwhile is looked at again.
 */
async function endWaiting(world: World, lane: string, operation: OperationRow, reason: string) {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const row = await loadLane(world, lane, operation);
    const items = row ? await unfinished(world, row) : [];
    if (operation.stopRunning) await markHalts(world, lane, items);
    const waiting = items.filter((item) => item.state === "queued" && item.step === 0);
    if (waiting.length === 0) return;
    const ending = { state: "cancelled" as const, code: "operation.stopped", reason };
    const endings = waiting.map((item) => ({ item, ending }));
    const { settled } = await turn(world, lane, { endings });
    if (settled.length === endings.length) return;
  }
}

/**
 * Does what a cancelled operation wants: cancels all that does not run, and has running tasks stopped where that is asked
 * for. Every step may be done twice. False when it could not be done within the time.
 */
export async function callOff(
  world: World,
  operation: OperationRow,
  abandoning: Abandoning,
): Promise<boolean> {
  const lanes = [...(await lanesOf(world, operation)).keys()];
  await pooled(lanes, WIDTH, (lane) => stopLane(world, lane, operation));
  const done = await pooled(lanes, WIDTH, async (lane) => {
    if (!(await abandon(world, lane, operation, abandoning))) return false;
    await endWaiting(world, lane, operation, abandoning.reason);
    return true;
  });
  return done.every(Boolean);
}
