import * as z from "zod";
import type { World } from "../context.ts";
import { LostRace, type Store } from "../db/index.ts";
import { sha256 } from "../lib/canonical.ts";
import type { Breaker, BreakerEffect, Open } from "../proxmox/index.ts";

/** One call in this time sees whether it is over. */
const PROBE_MS = 30_000;
/** How old our picture of the breaker may be: what others have learnt reaches us so much later. */
const FRESH_MS = 5000;
/** A breaker that nobody has asked for so long is forgotten. */
const KEEP_SECONDS = 3600;

/** `credential` is a hash under the pepper: a breaker that one credential opened is no matter of the next. */
const Row = z.object({
  sk: z.enum(["credentials", "quorum"]),
  credential: z.string(),
  reason: z.string(),
  probeAt: z.number(),
});
type Row = z.infer<typeof Row>;

const pictures = new WeakMap<Store, Map<string, { at: number; rows: readonly Row[] }>>();
const partition = (cluster: string) => `breaker#${cluster}`;

type Port = Pick<World, "store" | "clock" | "settings">;

function pictureOf(world: Port, cluster: string) {
  const all = pictures.get(world.store) ?? new Map<string, { at: number; rows: readonly Row[] }>();
  pictures.set(world.store, all);
  const now = () => world.clock.now().getTime();
  return {
    held: () => all.get(cluster)?.rows ?? [],
    keep: (rows: readonly Row[]) => void all.set(cluster, { at: now(), rows }),
    async rows(): Promise<readonly Row[]> {
      const known = all.get(cluster);
      if (known && now() - known.at < FRESH_MS) return known.rows;
      const found = await world.store.query({ table: "Runtime", pk: partition(cluster) });
      const rows = found.map((row) => Row.parse(row));
      all.set(cluster, { at: now(), rows });
      return rows;
    },
  };
}

const bars = (row: Row, effect: BreakerEffect, credential: string) =>
  row.sk === "quorum" ? effect === "write" : row.credential === credential;

const opened = ({ sk, reason, probeAt }: Row): Open => ({ meaning: sk, reason, until: new Date(probeAt) });

const unlessLost = (error: unknown): undefined => {
  if (!(error instanceof LostRace)) throw error;
};

/** The breaker of a cluster, kept in `Runtime` for everyone who speaks to it. `secret` is never stored. */
export function breakerOf(world: Port, cluster: string, secret: string): Breaker {
  const credential = sha256(`${world.settings.pepper}\n${secret}`).slice(0, 16);
  const picture = pictureOf(world, cluster);
  const pk = partition(cluster);
  const others = (row: Row) => picture.held().filter(({ sk }) => sk !== row.sk);

  async function probe(row: Row, now: number): Promise<Open | undefined> {
    const next = { ...row, probeAt: now + PROBE_MS };
    const when = { equals: { probeAt: row.probeAt } };
    const change = { update: { pk, sk: row.sk }, set: { probeAt: next.probeAt }, when };
    const taken = await world.store.write([{ table: "Runtime", ...change }]).then(() => true, unlessLost);
    picture.keep([...others(row), next]);
    return taken ? undefined : opened(next);
  }

  async function open(sk: Row["sk"], reason: string): Promise<void> {
    const now = world.clock.now().getTime();
    if (picture.held().some((row) => row.sk === sk && row.credential === credential && row.probeAt > now))
      return;
    const row = { sk, credential, reason, probeAt: now + PROBE_MS };
    const expiresAt = Math.floor(now / 1000) + KEEP_SECONDS;
    await world.store.write([{ table: "Runtime", put: { pk, ...row, expiresAt } }]);
    picture.keep([...others(row), row]);
  }

  async function close(effect: BreakerEffect): Promise<void> {
    const over = picture.held().filter((row) => bars(row, effect, credential));
    for (const { sk, probeAt } of over) {
      const when = { equals: { probeAt } };
      await world.store.write([{ table: "Runtime", remove: { pk, sk }, when }]).catch(unlessLost);
    }
    if (over.length > 0) picture.keep(picture.held().filter((row) => !over.includes(row)));
  }

  return {
    async admit(effect) {
      const now = world.clock.now().getTime();
      const row = (await picture.rows()).find((one) => bars(one, effect, credential));
      if (!row) return undefined;
      return now < row.probeAt ? opened(row) : probe(row, now);
    },
    learn: (effect, seen, reason) => (seen === "answered" ? close(effect) : open(seen, reason)),
  };
}
