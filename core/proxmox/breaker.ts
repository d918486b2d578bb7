import { ProxmoxError } from "./error.ts";
import { refusalOf } from "./answer.ts";
import type { Call } from "./request.ts";

/** Reads go on without quorum; writes do not. */
export type Effect = "read" | "write";

/** Why calls are held back: `until` is when the next may go, to see whether it is over. */
export interface Open {
  readonly meaning: "credentials" | "quorum";
  readonly reason: string;
  readonly until: Date;
}

/**
 * Shared by everyone who speaks to a cluster. A refused credential holds all calls back, for Proxmox keeps each
 * 401 waiting for 3 s; lost quorum holds writes back. One call each 30 s is let through to see whether it is over.
 */
export interface Breaker {
  /** Undefined when the call may go. Whoever is let through while it is open is the probe. */
  admit(effect: Effect): Promise<Open | undefined>;
  /** What an answer has shown of the cluster. */
  learn(effect: Effect, seen: "credentials" | "quorum" | "answered", reason: string): Promise<void>;
}

export const effectOf = (call: Call): Effect => (call.method === "GET" ? "read" : "write");

/** The error of a call that was held back: it was not sent. */
export function heldBack(call: Call, open: Open): ProxmoxError {
  const reason = `${open.reason} (not asked again before ${open.until.toISOString()})`;
  const refusal = refusalOf(call, open.meaning === "credentials" ? 401 : 500, reason);
  return new ProxmoxError(open.meaning, refusal, {}, { until: open.until });
}

/** Tells the breaker what an answer shows: a write that was accepted, that there is quorum. */
export async function teach(breaker: Breaker, call: Call, seen: ProxmoxError | undefined): Promise<void> {
  const effect = effectOf(call);
  if (!seen) return breaker.learn(effect, "answered", "");
  const { meaning, message } = seen;
  if (meaning === "credentials" || meaning === "quorum") return breaker.learn(effect, meaning, message);
  // Any other refusal was at least given to a credential that is good, and says nothing of quorum.
  if (seen.refusal.status !== 0 && seen.refusal.status < 590) return breaker.learn("read", "answered", "");
}
