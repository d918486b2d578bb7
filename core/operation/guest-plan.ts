import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import type { Warning } from "../lib/page.ts";
import { decide, safeMode, type Action, type SafeMode, type Verdict } from "../policy/index.ts";
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
  readonly action: Action;
  readonly bulk: boolean;
  readonly override: boolean;
  /** Whether this is maintenance by a job, which may touch only what is tagged for it. */
  readonly maintenance?: boolean;
  readonly propose: (guest: Guest) => Proposal;
}

/** The guests that a selection means now, those that it names in vain, and the others with their reasons. */
export interface Chosen {
  readonly guests: readonly Guest[];
  readonly absent: readonly Task[];
  readonly others: readonly PlanItem[];
  /** What is not known of those that may be meant. */
  readonly warnings?: readonly Warning[];
}

const shown = (guest: Guest) => ({ id: guest.id, name: guest.name, node: guest.node });

type Manner = Omit<Intent, "propose" | "kind">;
type Detail = Readonly<Record<string, unknown>>;

/** What policy says of a change of a guest with such a detail. */
const asking = (ctx: Context, mode: SafeMode, manner: Manner) => (guest: Guest, detail: Detail) =>
  decide({ ...manner, actor: ctx.actor, safeMode: mode, guest, detail });

/** What is refused whatever the detail is not proposed at all; what a proposal would do is judged by its detail. */
function toTask(intent: Intent, guest: Guest, ask: (guest: Guest, detail: Detail) => Verdict): Task {
  const base = { vm: shown(guest), action: intent.action.name, detail: {} };
  const leave = (verdict: Verdict, { code, because }: { code: string; because: string }): Task => {
    return { guest, verdict, item: { ...base, willRun: false, because, code } };
  };
  const first = ask(guest, {});
  if (first.decision === "refused") return leave(first, { code: first.code, because: first.reason });
  const proposal = intent.propose(guest);
  if (!proposal.run) return leave(first, proposal);
  const { detail = {} } = proposal;
  const verdict = ask(guest, detail);
  if (verdict.decision === "refused") return leave(verdict, { code: verdict.code, because: verdict.reason });
  const because = verdict.decision === "override" || verdict.wouldRefuse ? verdict.reason : proposal.because;
  return { guest, verdict, item: { ...base, willRun: true, because, code: null, detail } };
}

/** The guests that policy lets be changed so: for plans in which what is done to one depends on the others. */
export async function permitted(
  ctx: Context,
  manner: Manner,
  guests: readonly Guest[],
  detailOf: (guest: Guest) => Detail,
): Promise<Guest[]> {
  const ask = asking(ctx, await safeMode(ctx), manner);
  return guests.filter((guest) => ask(guest, detailOf(guest)).decision !== "refused");
}

/** Asks policy and the domain for each guest that was chosen; the others are only shown. */
export async function planGuests(ctx: Context, intent: Intent, chosen: Chosen): Promise<GuestPlan> {
  const ask = asking(ctx, await safeMode(ctx), intent);
  const present = chosen.guests.map((guest) => toTask(intent, guest, ask));
  const tasks = [...present, ...chosen.absent];
  const items = [...tasks.map((task) => task.item), ...chosen.others];
  return { ...toPlan(intent.kind, items, chosen.warnings), tasks };
}

/** A guest that the selector did not choose, with its reason. */
export const leftOut = (action: string, guest: Guest, because: string): PlanItem => {
  return { vm: shown(guest), action, willRun: false, because, code: LEFT_OUT, detail: {} };
};
