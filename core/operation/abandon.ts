import type { World } from "../context.ts";
import { LostRace, type Change } from "../db/index.ts";
import { closeLane } from "./close.ts";
import { itemKey } from "./item.ts";
import { laneKey, type LaneRow } from "./lane.ts";
import { operationKey } from "./operation.ts";

const CHUNK = 40;

/** Cancels the items of a lane that have not been started, in chunks that count themselves. */
export async function abandon(world: World, laneName: string, lane: LaneRow, reason: string): Promise<void> {
  const finishedAt = world.clock.now().toISOString();
  await world.store.write([
    { table: "History", update: operationKey(lane.sk), set: { stop: reason }, when: { exists: true } },
  ]);
  for (let next = lane.next; next < lane.to; next += CHUNK) {
    const end = Math.min(lane.to, next + CHUNK);
    const items = Array.from({ length: end - next }, (_, index): Change => {
      const set = { state: "cancelled", reason, finishedAt };
      return {
        table: "History",
        update: itemKey(lane.sk, next + index),
        set,
        when: { equals: { state: "queued" } },
      };
    });
    const count: Change = {
      table: "History",
      update: laneKey(laneName, lane.sk),
      set: { next: end },
      add: { cancelled: end - next },
      when: { equals: { next } },
    };
    try {
      await world.store.write([...items, count]);
    } catch (error) {
      if (error instanceof LostRace) return;
      throw error;
    }
  }
  await closeLane(world, laneName, lane.sk);
}
