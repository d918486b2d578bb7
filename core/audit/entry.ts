import * as z from "zod";
import type { Context } from "../context.ts";
import { newId } from "../lib/id.ts";

/** A row of the audit log: who did what to what, whether it was allowed, and what came of it. */
export const Entry = z.object({
  id: z.string(),
  at: z.string(),
  actor: z.string(),
  keyId: z.string().nullable(),
  source: z.string(),
  requestId: z.string(),
  action: z.string(),
  target: z.string(),
  decision: z.enum(["allowed", "refused", "override"]),
  wouldRefuse: z.boolean().optional(),
  reason: z.string(),
  outcome: z.enum(["begun", "accepted", "refused", "succeeded", "failed", "skipped", "cancelled", "unknown"]),
  operation: z.string().nullable(),
  upid: z.string().nullable(),
  changes: z.record(z.string(), z.unknown()).nullable(),
  hash: z.string(),
  previousHash: z.string(),
});
export type Entry = z.infer<typeof Entry>;

/** An entry before it has its place in a chain. */
export type Draft = Omit<Entry, "hash" | "previousHash">;

interface Particulars {
  readonly action: string;
  readonly target: string;
  readonly outcome: Entry["outcome"];
  readonly decision?: Entry["decision"];
  readonly wouldRefuse?: boolean | undefined;
  readonly reason?: string;
  readonly operation?: string;
  readonly upid?: string | undefined;
  readonly changes?: Record<string, unknown>;
}

/** Who does it, when, and from where. */
type Doer = Pick<Context, "clock" | "actor" | "source" | "requestId">;

/** An entry for what this context does, at this moment. */
export function draft(ctx: Doer, particulars: Particulars): Draft {
  const now = ctx.clock.now();
  return {
    id: newId("aud", now),
    at: now.toISOString(),
    actor: ctx.actor.id,
    keyId: ctx.actor.keyId ?? null,
    source: ctx.source,
    requestId: ctx.requestId,
    action: particulars.action,
    target: particulars.target,
    decision: particulars.decision ?? "allowed",
    ...(particulars.wouldRefuse ? { wouldRefuse: true } : {}),
    reason: particulars.reason ?? "",
    outcome: particulars.outcome,
    operation: particulars.operation ?? null,
    upid: particulars.upid ?? null,
    changes: particulars.changes ?? null,
  };
}
