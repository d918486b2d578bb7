import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { sha256 } from "../lib/canonical.ts";
import type { Breaker, Errand, Open, Trouble } from "../proxmox/index.ts";
import { BreakerRow, KEEP_SECONDS, partition, pictureOf } from "./breaker-picture.ts";

/** Seconds until the next probe, by how many there have been; the last goes on. A daemon that restarts is away for a moment only. */
const PAUSES: Readonly<Record<Trouble, readonly [number, ...number[]]>> = {
  credentials: [30, 60],
  quorum: [30, 60, 90],
  node: [5, 30, 60, 120],
  part: [5, 30, 60, 120],
  cluster: [5, 30, 60],
};

const TROUBLES = new Map<string, Trouble>(
  (["credentials", "quorum", "node", "part", "cluster"] as const).map((name) => [name, name]),
);

/** `node#pve1` is a trouble of a node. */
const troubleOf = ({ sk }: Pick<BreakerRow, "sk">): Trouble =>
  TROUBLES.get(sk.split("#")[0] ?? "") ?? "cluster";

const opened = (row: BreakerRow): Open => ({
  trouble: troubleOf(row),
  reason: row.reason,
  until: new Date(row.probeAt),
});

const later = (a: BreakerRow, b: BreakerRow) => (a.probeAt >= b.probeAt ? a : b);

function pauseMs(trouble: Trouble, probes: number): number {
  const pauses = PAUSES[trouble];
  return (pauses[Math.min(probes, pauses.length - 1)] ?? pauses[0]) * 1000;
}

/** The row that stood in the way of a change, where there still is one; any other error goes on. */
function winner(error: unknown): BreakerRow | undefined {
  if (!(error instanceof LostRace)) throw error;
  return error.current && BreakerRow.parse(error.current);
}

/**
 * A byte of a hash: it tells a new credential from the one that was refused, all but once in 256 times, when that one
 * waits for the next probe; and whoever reads the table learns next to nothing of the secret.
 */
const markOf = (cluster: string, secret: string) => sha256(`${cluster}\n${secret}`).slice(0, 2);

/** Where a breaker stands: its cluster, the mark of the credential in use, and what is known of it. */
interface Post {
  readonly world: Port;
  readonly pk: string;
  readonly mark: string;
  readonly picture: ReturnType<typeof pictureOf>;
}
type Port = Pick<World, "store" | "clock">;

const nowOf = ({ world }: Post) => world.clock.now().getTime();
const expiryOf = (post: Post) => Math.floor(nowOf(post) / 1000) + KEEP_SECONDS;

function nameOf({ mark }: Post, trouble: Trouble, { node = "", part = "" }: Errand): string {
  if (trouble === "credentials") return `credentials#${mark}`;
  if (trouble === "part") return `part#${node}/${part}`;
  return trouble === "node" ? `node#${node}` : trouble;
}

async function barring(post: Post, errand: Errand): Promise<BreakerRow[]> {
  const troubles: Trouble[] = ["credentials", "cluster"];
  if (errand.node !== undefined) troubles.push("node");
  // What hangs may well be stopped: only looks at it are held back.
  if (errand.effect === "read" && errand.part !== undefined) troubles.push("part");
  if (errand.effect === "write") troubles.push("quorum");
  const names = new Set(troubles.map((trouble) => nameOf(post, trouble, errand)));
  return (await post.picture.rows()).filter(({ sk }) => names.has(sk));
}

function holding(post: Post, rows: readonly BreakerRow[]): Open | undefined {
  const closed = rows.filter(({ probeAt }) => probeAt > nowOf(post));
  return closed.length === 0 ? undefined : opened(closed.reduce(later));
}

/** Takes the probe of a trouble; gives the row of whoever was faster. */
async function take(post: Post, row: BreakerRow): Promise<BreakerRow | undefined> {
  const { world, pk, picture } = post;
  const probes = row.probes + 1;
  const probeAt = nowOf(post) + pauseMs(troubleOf(row), probes);
  const set = { probes, probeAt, expiresAt: expiryOf(post) };
  const when = { equals: { probeAt: row.probeAt } };
  try {
    await world.store.write([{ table: "Runtime", update: { pk, sk: row.sk }, set, when }]);
    picture.replace(row.sk, { ...row, ...set });
    return undefined;
  } catch (error) {
    const current = winner(error);
    picture.replace(row.sk, current);
    return current;
  }
}

async function open(post: Post, errand: Errand, { trouble, reason }: { trouble: Trouble; reason: string }) {
  const { world, pk, picture } = post;
  const sk = nameOf(post, trouble, errand);
  const since = nowOf(post);
  if (picture.held().some((row) => row.sk === sk && row.probeAt > since)) return;
  const probeAt = since + pauseMs(trouble, 0);
  const row = { sk, reason, since, probes: 0, probeAt, expiresAt: expiryOf(post) };
  const put = { table: "Runtime" as const, put: { pk, ...row } };
  const other = await world.store.write([{ ...put, when: { exists: false } }]).then(() => undefined, winner);
  const forgotten = other !== undefined && other.expiresAt * 1000 <= since;
  if (forgotten) await world.store.write([put]);
  picture.replace(sk, forgotten ? row : (other ?? row));
}

/** A call that began before the trouble was known tells nothing of now. */
async function close(post: Post, errand: Errand, { over, since }: { over: readonly Trouble[]; since: Date }) {
  const { world, pk, picture } = post;
  const names = new Set(over.map((trouble) => nameOf(post, trouble, errand)));
  for (const { sk, probeAt, since: known } of picture.held()) {
    if (!names.has(sk) || known > since.getTime()) continue;
    const change = { table: "Runtime" as const, remove: { pk, sk }, when: { equals: { probeAt } } };
    picture.replace(sk, await world.store.write([change]).then(() => undefined, winner));
  }
}

async function admit(post: Post, errand: Errand): ReturnType<Breaker["admit"]> {
  const rows = await barring(post, errand);
  const held = holding(post, rows);
  if (held) return { held };
  const probes: Trouble[] = [];
  for (const row of rows) {
    const other = await take(post, row);
    if (other) return { held: opened(other) };
    probes.push(troubleOf(row));
  }
  return { probes };
}

/** The breaker of a cluster, kept in `Runtime` for everyone who speaks to it. `secret` is never stored. */
export function breakerOf(world: Port, cluster: string, secret: string): Breaker {
  const mark = markOf(cluster, secret);
  const post: Post = { world, pk: partition(cluster), mark, picture: pictureOf(world, cluster) };
  return {
    peek: async (errand) => holding(post, await barring(post, errand)),
    admit: (errand) => admit(post, errand),
    learn: (errand, lesson) =>
      "trouble" in lesson ? open(post, errand, lesson) : close(post, errand, lesson),
  };
}
