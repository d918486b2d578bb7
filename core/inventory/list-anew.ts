import type { World } from "../context.ts";
import { ageMs } from "./age.ts";
import { refresh } from "./poll.ts";
import { loadHeader } from "./store.ts";

/** Another listing may be written at the same time, and have been asked for earlier. */
const ATTEMPTS = 3;

/**
 * Lists a cluster now, for whoever must not find there what was before. One that does not answer is for the log, and
 * false: then what is known is older than this call.
 */
export async function listAnew(world: World, cluster: string): Promise<boolean> {
  const since = world.clock.now().getTime();
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (!(await refresh(world, cluster))) return false;
    const header = await loadHeader(world, cluster);
    const isNew = header && ageMs(header.asOf, world.clock.now()) < Infinity;
    if (isNew && Date.parse(header.asOf) >= since) return true;
  }
  return false;
}
