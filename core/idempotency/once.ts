import * as z from "zod";
import type { Once, World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { sha256 } from "../lib/canonical.ts";
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
});
type KeptRow = z.infer<typeof KeptRow>;

const toKey = (request: Repeatable) => ({
  pk: `once#${sha256(`${request.owner}\n${request.key}`)}`,
  sk: "answer",
});

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
  if (row.status !== undefined) return { status: row.status, body: row.body };
  if (now - row.begunAt > DEAD_SECONDS) return "replace";
  throw new Fault(
    "conflict",
    "request.in-progress",
    "The first request with this Idempotency-Key has no answer yet.",
  );
}

/** Begins a request, or gives the answer that it had the first time. */
export async function begin(
  world: World,
  request: Repeatable,
  token: string,
): Promise<{ once: Once } | { status: number; body: unknown }> {
  const key = toKey(request);
  const now = Math.floor(world.clock.now().getTime() / 1000);
  const row = {
    ...key,
    fingerprint: sha256(request.fingerprint),
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
  };
  try {
    await world.store.write([{ table: "State", put: row, when: { exists: false } }]);
    return { once };
  } catch (error) {
    if (!(error instanceof LostRace) || !error.current) throw error;
    const kept = KeptRow.parse(error.current);
    const verdict = judge(kept, row.fingerprint, now);
    if (verdict !== "replace") return verdict;
    await world.store.write([{ table: "State", put: row, when: { equals: { token: kept.token } } }]);
    return { once };
  }
}

/** Forgets a request that was refused, so that it may be sent again in a better form. */
export async function forget(world: World, request: Repeatable, token: string): Promise<void> {
  await world.store.write([{ table: "State", remove: toKey(request), when: { equals: { token } } }]);
}
