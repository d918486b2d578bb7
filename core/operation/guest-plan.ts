import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { decide, safeMode, type SafeMode, type Verdict } from "../policy/index.ts";
import { toPlan, type Plan, type PlanItem } from "../plan.ts";
import type { Task } from "./lay.ts";

/** A plan for guests: what callers are shown, beside the tasks that a real run works off. */
export interface GuestPlan extends Plan {
  readonly tasks: readonly Task[];
}

/** A guest that was not chosen: shown by a dry run, no part of the operation. */
const LEFT_OUT = "selector.left-out";

/** What the domain says of one guest, before policy is asked. */
export type Proposal =
  | { readonly run: true; readonly because: string; readonly detail?: Record<string, unknown> }
  | { readonly run: false; readonly because: string; readonly code: string };

/** How guests are to be changed. */
export interface Intent {
  readonly kind: string;
  readonly action: string;
  readonly bulk: boolean;
  readonly force: boolean;
  /** Whether this is maintenance by a job, which may touch only what is tagged for it. */
  readonly maintenance?: boolean;
  /** Whether it interrupts the service of a guest, where that does not follow from the action. */
  readonly interrupts?: (guest: Guest) => boolean;
  readonly propose: (guest: Guest) => Proposal;
}

/** The guests that a selection means now, those that it names in vain, and the others with their reasons. */
export interface Chosen {
  readonly guests: readonly Guest[];
  readonly absent: readonly Task[];
  readonly others: readonly PlanItem[];
}

const shown = (guest: Guest) => ({ id: guest.id, name: guest.name, node: guest.node });

function judge(intent: Intent, guest: Guest, verdict: Verdict): PlanItem {
  const base = { vm: shown(guest), action: intent.action, detail: {} };
  if (verdict.decision === "refused")
    return { ...base, willRun: false, because: verdict.reason, code: verdict.code };
  const proposal = intent.propose(guest);
  if (!proposal.run) return { ...base, willRun: false, because: proposal.because, code: proposal.code };
  const because = verdict.decision === "override" || verdict.wouldRefuse ? verdict.reason : proposal.because;
  return { ...base, willRun: true, because, code: null, detail: proposal.detail ?? {} };
}

type Manner = Omit<Intent, "propose" | "kind">;

/** What policy says of such a change of a guest. */
function verdictOf(ctx: Context, mode: SafeMode, manner: Manner, guest: Guest): Verdict {
  const { action, bulk, force, maintenance = false } = manner;
  const interrupts = manner.interrupts?.(guest) ?? false;
  return decide({ action, actor: ctx.actor, safeMode: mode, guest, bulk, force, maintenance, interrupts });
}

/** The guests that policy lets be changed so: for plans in which what is done to one depends on the others. */
export async function permitted(ctx: Context, manner: Manner, guests: readonly Guest[]): Promise<Guest[]> {
  const mode = await safeMode(ctx);
  return guests.filter((guest) => verdictOf(ctx, mode, manner, guest).decision !== "refused");
}

/** Asks policy and the domain for each guest that was chosen; the others are only shown. */
export async function planGuests(ctx: Context, intent: Intent, chosen: Chosen): Promise<GuestPlan> {
  const mode = await safeMode(ctx);
  const present = chosen.guests.map((guest): Task => {
    const verdict = verdictOf(ctx, mode, intent, guest);
    return { guest, item: judge(intent, guest, verdict), verdict };
  });
  const tasks = [...present, ...chosen.absent];
  return { ...toPlan(intent.kind, [...tasks.map((task) => task.item), ...chosen.others]), tasks };
}

/** A guest that the selector did not choose, with its reason. */
export const leftOut = (action: string, guest: Guest, because: string): PlanItem => {
  return { vm: shown(guest), action, willRun: false, because, code: LEFT_OUT, detail: {} };
};
