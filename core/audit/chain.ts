import { LostRace, type Change, type Row } from "../db/index.ts";
import type { World } from "../context.ts";
import { canonical, sha256 } from "../lib/canonical.ts";
import type { Draft } from "./entry.ts";

/** A day's entries are spread over this many chains, so that writers seldom wait for each other. */
export const SHARDS = 8;

/** Each round has one winner in a chain, so this many writers may meet in one. */
const ATTEMPTS = 64;
const DIGITS = 9;

/** The key of a chain: the UTC day and the shard. */
export const chainKey = (day: string, shard: number) => `${day}#${shard}`;

const shardOf = (entry: Draft) => Number.parseInt(sha256(entry.id).slice(0, 8), 16) % SHARDS;

/** What a chain starts from. */
export const genesis = (chain: string) => sha256(chain);

/** SHA-256 over the hash before and the entry in canonical form. */
export const link = (previousHash: string, entry: Draft) => sha256(previousHash + canonical(entry));

/** What writing an entry takes. */
type Room = Pick<World, "store">;

async function head(world: Room, chain: string) {
  const [last] = await world.store.query({ table: "Audit", pk: chain, reverse: true, limit: 1 });
  return { next: last ? Number(last.sk) + 1 : 0, hash: last ? String(last["hash"]) : genesis(chain) };
}

/** The partition that names the days on which there are entries, so that a reader need not look at empty ones. */
export const DAYS = "days";

async function rows(world: Room, entries: readonly Draft[]): Promise<Row[]> {
  const first = entries[0];
  if (!first) return [];
  const day = first.at.slice(0, 10);
  const chain = chainKey(day, shardOf(first));
  const start = await head(world, chain);
  let previousHash = start.hash;
  const opening = start.next === 0 ? [{ pk: DAYS, sk: day }] : [];
  const links = entries.map((entry, index) => {
    const hash = link(previousHash, entry);
    const row = {
      pk: chain,
      sk: String(start.next + index).padStart(DIGITS, "0"),
      ...entry,
      previousHash,
      hash,
    };
    previousHash = hash;
    return row;
  });
  return [...links, ...opening];
}

/**
 * Writes entries together with the changes that they tell of: all or nothing. Another writer that
 * took our place in the chain makes us try the next one; a LostRace of `changes` is the caller's.
 */
export async function append(
  world: Room,
  entries: readonly Draft[],
  changes: readonly Change[] = [],
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const puts = (await rows(world, entries)).map((put): Change => {
      return put.pk === DAYS ? { table: "Audit", put } : { table: "Audit", put, when: { exists: false } };
    });
    try {
      return await world.store.write([...changes, ...puts]);
    } catch (error) {
      if (!(error instanceof LostRace) || error.index < changes.length) throw error;
      if (attempt >= ATTEMPTS)
        throw new Error(`no place in an audit chain after ${ATTEMPTS} attempts`, { cause: error });
    }
  }
}
