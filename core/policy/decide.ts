import type { Actor } from "../context.ts";
import { isInterrupting, type Action } from "./action.ts";
import type { SafeMode } from "./safe-mode.ts";

/** What policy has to know of a guest. One of which nobody says what it does counts as running. */
export interface PolicyGuest {
  readonly id: string;
  readonly tags: readonly string[];
  readonly template?: boolean;
  readonly status?: string;
}

/** The question: may this actor do this to this guest, in this manner? */
export interface Question {
  readonly action: Action;
  /** The detail of the item, by which an action may interrupt or not. */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly actor: Actor;
  readonly safeMode: SafeMode;
  readonly guest?: PolicyGuest;
  /** True for a call that chose its guests by a selector, and for a job. */
  readonly bulk: boolean;
  /** Whether the caller wants rules set aside that allow it. */
  readonly override: boolean;
  /** A power job or a drain: it may touch only guests that are tagged for it. */
  readonly maintenance?: boolean;
  /** The change undoes what Moxxie itself made (an expired snapshot of its own). */
  readonly own?: boolean;
}

/** The answer, with the sentence that a caller and the audit log are given. */
export interface Verdict {
  readonly decision: "allowed" | "refused" | "override";
  readonly code: string;
  readonly reason: string;
  readonly wouldRefuse?: boolean;
}

const allowed = (reason: string): Verdict => ({ decision: "allowed", code: "policy.allowed", reason });
const refused = (code: string, reason: string): Verdict => ({ decision: "refused", code, reason });
const overridden = (reason: string): Verdict => ({
  decision: "override",
  code: "policy.override",
  reason: `${reason}; overridden`,
});

/** Whether a code tells of a refusal by policy, as against a guest whose state leaves nothing to do. */
export const isRefusal = (code: string | null | undefined) =>
  code === "auth.forbidden" || code === "safe-mode.refused" || code?.startsWith("policy.") === true;

/** Whether one of the actor's patterns (`*`, `vm.*`, `vm.start`) covers the action. */
export const covers = (may: readonly string[], name: string) =>
  may.some(
    (pattern) =>
      pattern === "*" ||
      pattern === name ||
      (pattern.endsWith(".*") && name.startsWith(pattern.slice(0, -1))),
  );

/** Listings show a tag as somebody wrote it, so what protects counts in any case; what allows something, as it is. */
const isAlwaysOn = ({ tags }: PolicyGuest) => tags.some((tag) => tag.toLowerCase() === "always-on");

/** Whether it interrupts this guest, as the action itself describes. */
function interrupts({ action, detail = {} }: Question, { status }: PolicyGuest): boolean {
  return isInterrupting(action, { detail, runs: status !== "stopped" && status !== "suspended" });
}

function guardAlwaysOn(question: Question, guest: PolicyGuest): Verdict | undefined {
  const { action, bulk, override } = question;
  if (!isAlwaysOn(guest) || !interrupts(question, guest)) return undefined;
  const tagged = `${guest.id} is tagged always-on`;
  if (bulk)
    return refused("policy.always-on", `${tagged}: a bulk call or job never interrupts it by ${action.name}`);
  if (!override) return refused("policy.always-on", `${tagged}: ${action.name} needs override: true`);
  return overridden(tagged);
}

function guardMaintenance({ maintenance, action }: Question, guest: PolicyGuest): Verdict | undefined {
  if (maintenance !== true || guest.tags.includes("maint-ok")) return undefined;
  const reason = `${guest.id} is not tagged maint-ok: a job does ${action.name} only to guests that are`;
  return refused("policy.maintenance", reason);
}

function guardOwner(question: Question, guest: PolicyGuest): Verdict | undefined {
  const { action, override, own, actor } = question;
  const { mode, ownerTag } = question.safeMode;
  if (mode === "off" || own || guest.tags.includes(ownerTag)) return undefined;
  if (mode === "permissive" && action.harmless && !interrupts(question, guest)) return undefined;
  // A copy of a template leaves it as it was.
  if (action.subject === "copied" && guest.template) return undefined;
  const reason = `${guest.id} does not carry the owner tag ${ownerTag}, and safe mode is ${mode}`;
  if (mode === "audit") return { ...allowed(reason), wouldRefuse: true };
  return override && covers(actor.may, "safe-mode.manage")
    ? overridden(reason)
    : refused("safe-mode.refused", reason);
}

/** What several rules say together: a refusal counts before an override, and that before what is only noted. */
function together(verdicts: readonly Verdict[]): Verdict | undefined {
  const refusal = verdicts.find(({ decision }) => decision === "refused");
  if (refusal || verdicts.length < 2) return refusal ?? verdicts[0];
  const first = verdicts.find(({ decision }) => decision === "override") ?? verdicts[0];
  const reason = [...new Set(verdicts.map((one) => one.reason))].join("; ");
  const noted = verdicts.some(({ wouldRefuse }) => wouldRefuse) ? { wouldRefuse: true } : {};
  return first && { ...first, reason, ...noted };
}

/** Whether the caller's role covers an action, before it is known what guest it is about. */
export function decideRole(actor: Actor, name: string): Verdict {
  return covers(actor.may, name)
    ? allowed(`role ${actor.role}`)
    : refused("auth.forbidden", `${actor.id} (role ${actor.role}) may not do ${name}`);
}

/** Whether it depends on the guest's tags what policy says: then it is to be asked with those that the guest has now. */
export const dependsOnTags = (question: Question): boolean =>
  decide({ ...question, guest: { id: "", tags: ["always-on"] } }).decision !== "allowed";

/** The rules of docs/policy.md, in their order: role, special tags, safe mode. Pure. */
export function decide(question: Question): Verdict {
  const { actor, action, guest } = question;
  const role = decideRole(actor, action.name);
  if (role.decision === "refused" || !guest) return role;
  const guards = [guardAlwaysOn, guardMaintenance, guardOwner];
  const verdicts = guards.map((guard) => guard(question, guest)).filter((one) => one !== undefined);
  return together(verdicts) ?? role;
}

/** What the rules say of one act that is about several guests, such as a copy of one in place of another. Pure. */
export function decideAll(first: Question, ...others: readonly Question[]): Verdict {
  const verdicts = [first, ...others].map(decide);
  const told = verdicts.filter(({ decision, wouldRefuse }) => decision !== "allowed" || wouldRefuse === true);
  return together(told) ?? decide(first);
}
