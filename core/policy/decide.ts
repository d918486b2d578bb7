import type { Actor } from "../context.ts";
import type { SafeMode } from "./safe-mode.ts";

/** What policy has to know of a guest. */
export interface PolicyGuest {
  readonly id: string;
  readonly tags: readonly string[];
  readonly template?: boolean;
}

/** The question: may this actor do this to this guest, in this manner? */
export interface Question {
  readonly action: string;
  readonly actor: Actor;
  readonly safeMode: SafeMode;
  readonly guest?: PolicyGuest;
  /** True for a call that chose its guests by a selector, and for a job. */
  readonly bulk: boolean;
  readonly force: boolean;
  /** Whether it interrupts the guest's service in this manner, where that does not follow from the action. */
  readonly interrupts?: boolean;
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

/** Interrupts a guest's service; forbidden on `always-on` guests in bulk. */
const INTERRUPTING = new Set([
  "vm.stop",
  "vm.shutdown",
  "vm.reboot",
  "vm.reset",
  "vm.suspend",
  "vm.delete",
  "snapshot.rollback",
]);
/** Harmless enough for `permissive` to allow on any guest. */
const PERMITTED = new Set(["vm.start", "vm.resume", "snapshot.create", "backup.create", "vm.console"]);

/** Only reads the guest that is named. */
const COPYING = new Set(["vm.clone", "vm.from-template"]);

const allowed = (reason: string): Verdict => ({ decision: "allowed", code: "policy.allowed", reason });
const refused = (code: string, reason: string): Verdict => ({ decision: "refused", code, reason });

/** Whether a code tells of a refusal by policy, as against a guest whose state leaves nothing to do. */
export const isRefusal = (code: string | null | undefined) =>
  code === "auth.forbidden" || code === "safe-mode.refused" || code?.startsWith("policy.") === true;

/** Whether one of the actor's patterns (`*`, `vm.*`, `vm.start`) covers the action. */
export const covers = (may: readonly string[], action: string) =>
  may.some(
    (pattern) =>
      pattern === "*" ||
      pattern === action ||
      (pattern.endsWith(".*") && action.startsWith(pattern.slice(0, -1))),
  );

/** Listings show a tag as somebody wrote it, so what protects counts in any case; what allows something, as it is. */
const isAlwaysOn = ({ tags }: PolicyGuest) => tags.some((tag) => tag.toLowerCase() === "always-on");

function guardAlwaysOn(question: Question, guest: PolicyGuest): Verdict | undefined {
  const interrupts = INTERRUPTING.has(question.action) || question.interrupts === true;
  if (!interrupts || !isAlwaysOn(guest)) return undefined;
  if (question.bulk)
    return refused(
      "policy.always-on",
      `${guest.id} is tagged always-on: a bulk call or job never does ${question.action} to it`,
    );
  if (!question.force)
    return refused("policy.always-on", `${guest.id} is tagged always-on: ${question.action} needs force`);
  return undefined;
}

function guardMaintenance({ maintenance, action }: Question, guest: PolicyGuest): Verdict | undefined {
  if (maintenance !== true || guest.tags.includes("maint-ok")) return undefined;
  const reason = `${guest.id} is not tagged maint-ok: a job does ${action} only to guests that are`;
  return refused("policy.maintenance", reason);
}

function guardOwner(question: Question, guest: PolicyGuest): Verdict | undefined {
  const { mode, ownerTag } = question.safeMode;
  if (mode === "off" || question.own || guest.tags.includes(ownerTag)) return undefined;
  if (mode === "permissive" && PERMITTED.has(question.action)) return undefined;
  // A copy of a template leaves it as it was.
  if (COPYING.has(question.action) && guest.template) return undefined;
  const reason = `${guest.id} does not carry the owner tag ${ownerTag}, and safe mode is ${mode}`;
  if (mode === "audit") return { ...allowed(reason), wouldRefuse: true };
  if (question.force && covers(question.actor.may, "safe-mode.manage")) {
    return { decision: "override", code: "policy.override", reason: `${reason}; overridden by force` };
  }
  return refused("safe-mode.refused", reason);
}

/** The rules of docs/policy.md, in their order: role, special tags, safe mode. Pure. */
export function decide(question: Question): Verdict {
  const { actor, action, guest } = question;
  if (!covers(actor.may, action))
    return refused("auth.forbidden", `${actor.id} (role ${actor.role}) may not do ${action}`);
  if (!guest) return allowed(`role ${actor.role}`);
  const special = guardAlwaysOn(question, guest) ?? guardMaintenance(question, guest);
  return special ?? guardOwner(question, guest) ?? allowed(`role ${actor.role}`);
}
