import type { Context } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import type { Verdict } from "../policy/decide.ts";
import { append } from "./chain.ts";
import { draft } from "./entry.ts";

interface Deed {
  readonly action: string;
  readonly target: string;
  readonly changes?: Record<string, unknown>;
}

/** Records that policy refused, and makes the 403 that the caller gets. */
export async function refuse(ctx: Context, deed: Deed, verdict: Verdict): Promise<Fault> {
  await append(ctx, [
    draft(ctx, { ...deed, outcome: "refused", decision: "refused", reason: verdict.reason }),
  ]);
  return new Fault("forbidden", verdict.code, `Refused: ${verdict.reason}.`);
}

/** Records the intent, acts, records what came of it. Without the intent nothing is done. */
export async function around<T>(
  ctx: Context,
  deed: Deed,
  verdict: Verdict,
  act: () => Promise<T>,
): Promise<T> {
  const common = {
    ...deed,
    decision: verdict.decision,
    wouldRefuse: verdict.wouldRefuse,
    reason: verdict.reason,
  };
  await append(ctx, [draft(ctx, { ...common, outcome: "begun" })]);
  try {
    const result = await act();
    await append(ctx, [draft(ctx, { ...common, outcome: "succeeded" })]);
    return result;
  } catch (error) {
    const reason = error instanceof Fault ? `${error.code}: ${error.message}` : "an internal error";
    await append(ctx, [draft(ctx, { ...common, outcome: "failed", reason })]);
    throw error;
  }
}
