import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { loadHeader, pk } from "./store.ts";

const ATTEMPTS = 5;

/**
 * Notes that what is known of a cluster is older than what Moxxie has changed there, until it is listed again: a listing
 * that was asked for before is not written any more, since the header is another one.
 */
export async function outdate(world: World, cluster: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const header = await loadHeader(world, cluster);
    if (!header || header.outdated) return;
    const { rev } = header;
    const update = { pk: pk(cluster), sk: "header" };
    const set = { outdated: true, rev: rev + 1 };
    try {
      return await world.store.write([{ table: "State", update, set, when: { equals: { rev } } }]);
    } catch (error) {
      if (!(error instanceof LostRace) || attempt === ATTEMPTS) throw error;
    }
  }
}
