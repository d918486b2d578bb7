import { createHmac } from "node:crypto";
import * as z from "zod";
import type { Once, World } from "../context.ts";
import { LostRace, sizeOf, Unwritable, type Row } from "../db/index.ts";
import { sha256 } from "../lib/canonical.ts";
import { secretText } from "../lib/id.ts";
import { Fault } from "../lib/fault.ts";

const KEEP_SECONDS = 24 * 3600;
/** After this a first request without an answer is dead: no Lambda behind the gateway lives so long. */
const DEAD_SECONDS = 60;

/** What a client sent under its Idempotency-Key. */
export interface Repeatable {
  readonly owner: string;
  readonly key: string;
  /** Method, path and body: another one under the same key is a mistake. */
  readonly fingerprint: string;
}

const KeptRow = z.object({
  fingerprint: z.string(),
  token: z.string(),
  begunAt: z.number(),
  expiresAt: z.number(),
  status: z.number().optional(),
  body: z.unknown().optional(),
  anew: z.literal(true).optional(),
});
type KeptRow = z.infer<typeof KeptRow>;

/** A row of DynamoDB holds 400 kB. */
const MOST_BYTES = 300_000;

/** Whether an answer can be kept. Only the plan of a dry run grows so large that it cannot, and that may be made again. */
export function fits(body: unknown): boolean {
  try {
    return sizeOf({ body: JSON.parse(JSON.stringify(body ?? null)) }) <= MOST_BYTES;
  } catch (error) {
    if (error instanceof Unwritable) return false;
    throw error;
  }
}

const toKey = (request: Repeatable) => ({
  pk: `once#${sha256(`${request.owner}\n${request.key}`)}`,
  sk: "answer",
});

/** A keyed hash: a body may hold a password, and whoever reads the tables could try out short ones against a plain hash. */
const keyed = ({ settings }: World, text: string) =>
  createHmac("sha256", settings.pepper).update(text).digest("hex");

const inProgress = () =>
  new Fault(
    "conflict",
    "request.in-progress",
    "The first request with this Idempotency-Key has no answer yet.",
    { retryable: true, retryAfterSeconds: 2 },
  );

function judge(
  row: KeptRow,
  fingerprint: string,
  now: number,
): "replace" | { status: number; body: unknown } {
  if (row.expiresAt <= now) return "replace";
  if (row.fingerprint !== fingerprint) {
    throw new Fault(
      "mismatch",
      "request.key-reused",
      "This Idempotency-Key was used for another request; use a new one.",
    );
  }
  if (row.anew) return "replace";
  if (row.status !== undefined) return { status: row.status, body: row.body };
  if (now - row.begunAt > DEAD_SECONDS) return "replace";
  throw inProgress();
}

/**
 * Begins a request, or gives the answer that it had the first time. The token is ours and random: a caller who
 * repeats a request may send the same request id with it.
 */
export async function begin(
  world: World,
  request: Repeatable,
): Promise<{ once: Once; token: string } | { status: number; body: unknown }> {
  const token = secretText(16);
  const key = toKey(request);
  const now = Math.floor(world.clock.now().getTime() / 1000);
  const row = {
    ...key,
    fingerprint: keyed(world, request.fingerprint),
    token,
    begunAt: now,
    expiresAt: now + KEEP_SECONDS,
  };
  const once: Once = {
    answer: (status, body) => ({
      table: "State",
      update: key,
      set: { status, body: JSON.parse(JSON.stringify(body ?? null)) },
      when: { equals: { token } },
    }),
    anew: () => ({ table: "State", update: key, set: { anew: true }, when: { equals: { token } } }),
  };
  try {
    await world.store.write([{ table: "State", put: row, when: { exists: false } }]);
    return { once, token };
  } catch (error) {
    if (!(error instanceof LostRace) || !error.current) throw error;
    const kept = KeptRow.parse(error.current);
    const verdict = judge(kept, row.fingerprint, now);
    if (verdict !== "replace") return verdict;
    await takeOver(world, row, kept.token);
    return { once, token };
  }
}

/** Of two requests that find the same one to do again, one goes on; the other meets a request that has just begun. */
async function takeOver(world: World, row: Row, dead: string): Promise<void> {
  try {
    await world.store.write([{ table: "State", put: row, when: { equals: { token: dead } } }]);
  } catch (error) {
    throw error instanceof LostRace ? inProgress() : error;
  }
}

/**
 * Forgets a request that came to nothing, so that it may be sent again. One whose work was accepted, and that
 * failed only after that, keeps the answer that was written with the work.
 */
export async function forget(world: World, request: Repeatable, token: string): Promise<void> {
  const row = await world.store.get("State", toKey(request));
  if (row?.["status"] !== undefined) return;
  await world.store.write([{ table: "State", remove: toKey(request), when: { equals: { token } } }]);
}
