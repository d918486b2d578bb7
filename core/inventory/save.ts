import type { World } from "../context.ts";
import { cut, LIMITS, LostRace, type Change } from "../db/index.ts";
import type { Fault } from "../lib/fault.ts";
import { ageMs } from "./age.ts";
import { digestOf, packFigures, packProfiles } from "./bucket.ts";
import type { Guest } from "./guest.ts";
import type { Listing } from "./listing.ts";
import { pk, type Header } from "./store.ts";

/** Figures are written no more often, however often the guests are listed. */
const FIGURES_MS = 45_000;

/** What is written in place of what. */
interface Step {
  readonly changes: readonly Change[];
  readonly header: Header;
  readonly before: Header | undefined;
}

/** A listing, and what the token could see of it. */
type Seen = Listing & Partial<Pick<Header, "sight" | "sightAt" | "suspect">>;

const NEVER = new Date(0).toISOString();

/**
 * The header until the last part of a listing is written: what is there is a mixture, and no newer than the listing
 * before. Of no bucket is it known what is in it.
 */
function halfway({ header, before }: Step): Header {
  const keys = [...Object.keys(before?.digests ?? {}), ...Object.keys(header.digests)];
  const digests = Object.fromEntries(keys.map((sk) => [sk, ""]));
  const { asOf = NEVER, outdated = false } = before ?? {};
  return { ...header, asOf, outdated, digests };
}

/** Writes a listing, in parts if need be; fails where another one is written at the same time. */
async function replace(world: World, cluster: string, step: Step): Promise<void> {
  const { header, before } = step;
  const parts = cut(step.changes, { changes: 1, bytes: LIMITS.row });
  const last = parts.pop() ?? [];
  let rev = before?.rev ?? 0;
  for (const changes of [...parts, last]) {
    const row = changes === last ? header : halfway(step);
    const put = { pk: pk(cluster), sk: "header", ...row, rev: rev + 1 };
    const when = rev === 0 ? {} : { when: { equals: { rev } } };
    await world.store.write([{ table: "State", put, ...when }, ...changes]);
    rev += 1;
  }
}

/** Rows of another version's making, where its header cannot be read. */
async function foreign(world: World, cluster: string): Promise<string[]> {
  const rows = await world.store.query({ table: "State", pk: pk(cluster) });
  return rows.map(({ sk }) => sk).filter((sk) => sk !== "header" && !sk.startsWith("figures#"));
}

const lostTo = (world: World, cluster: string) => (error: unknown) => {
  if (!(error instanceof LostRace)) throw error;
  world.log.info("inventory", { cluster, outcome: "another listing was written at the same time" });
};

async function saveFigures(world: World, cluster: string, guests: readonly Guest[]): Promise<void> {
  const rows = [...packFigures(guests)];
  await Promise.all(
    rows.map(([sk, data]) => world.store.write([{ table: "State", put: { pk: pk(cluster), sk, data } }])),
  );
}

const isOld = (before: Header | undefined, asOf: string) =>
  !before || ageMs(before.figuresAt, new Date(asOf)) >= FIGURES_MS;

/**
 * Keeps a listing in place of the one before: the buckets that differ, and the header. Nothing is kept when another
 * listing is being written at the same time.
 */
export async function save(world: World, cluster: string, listing: Seen, before?: Header): Promise<void> {
  const { guests, nodes, asOf, sight = "all", sightAt = null, suspect = null } = listing;
  const figuresAt = isOld(before, asOf) ? asOf : (before?.figuresAt ?? asOf);
  if (figuresAt === asOf) await saveFigures(world, cluster, guests);
  const packed = packProfiles(guests);
  const digests = Object.fromEntries([...packed].map(([sk, data]) => [sk, digestOf(data)]));
  const puts = [...packed]
    .filter(([sk]) => digests[sk] !== before?.digests[sk])
    .map(([sk, data]): Change => ({ table: "State", put: { pk: pk(cluster), sk, data } }));
  const known = before ? Object.keys(before.digests) : await foreign(world, cluster);
  const removals = known
    .filter((sk) => !packed.has(sk))
    .map((sk): Change => ({ table: "State", remove: { pk: pk(cluster), sk } }));
  const told = { sight, sightAt, suspect, failure: null, outdated: false };
  const header = { asOf, figuresAt, rev: 0, guests: guests.length, nodes: [...nodes], digests, ...told };
  const step = { changes: [...puts, ...removals], header, before };
  await replace(world, cluster, step).catch(lostTo(world, cluster));
}

/** Changes the header alone: the guests that were known before stay. */
async function amend(world: World, cluster: string, before: Header, set: Partial<Header>): Promise<void> {
  const change: Change = {
    table: "State",
    update: { pk: pk(cluster), sk: "header" },
    set: { ...set, rev: before.rev + 1 },
    when: { equals: { rev: before.rev } },
  };
  await world.store.write([change]).catch(lostTo(world, cluster));
}

/** Notes that a listing was not believed, where the guests that it lacks cannot be told. */
export const doubt = (
  world: World,
  cluster: string,
  before: Header,
  seen: Pick<Header, "suspect" | "sight" | "sightAt">,
) => amend(world, cluster, before, { ...seen, failure: null });

/** Notes why a cluster cannot be listed, once for each reason. */
export async function fail(
  world: World,
  cluster: string,
  before: Header,
  { code, message: detail }: Fault,
): Promise<void> {
  if (before.failure?.code === code) return;
  const since = world.clock.now().toISOString();
  await amend(world, cluster, before, { failure: { since, code, detail } });
}
