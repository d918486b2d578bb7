import type { World } from "../context.ts";

/** Seconds since a moment that another worker has written, whose clock may be ahead of ours: never fewer than none. */
export const secondsSince = (world: World, moment: string) =>
  Math.max(0, world.clock.now().getTime() - Date.parse(moment)) / 1000;
