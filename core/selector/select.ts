import { compile, nobodyKnows, type Check, type Guest } from "./criteria.ts";
import type { Reasoned } from "./explain.ts";
import { missing, type Missing } from "./missing.ts";
import { namesSomething, type Selection, type Selector } from "./schema.ts";

/** Whether a guest is taken, and why or why not. */
export interface Choice<G extends Guest> {
  readonly guest: G;
  readonly chosen: boolean;
  /** A clause without its subject, such as "has env-prod" or "excluded: on node pve2". */
  readonly because: string;
  /** Whether nobody can tell if it is meant: Proxmox does not tell what decides. */
  readonly unknown?: true;
}

/** Every guest with its choice, in the order given, and the vmids that were named but belong to no guest. */
export interface Selected<G extends Guest> {
  readonly choices: Choice<G>[];
  readonly missing: Missing[];
}

/**
 * Decides over every guest with a reason for each. The selection must come from the schema `Selection`; one that names
 * nothing, or holds an unreadable expression, throws before any guest is chosen.
 */
export function select<G extends Guest>(selection: Selection, guests: readonly G[]): Selected<G> {
  const selectors = [selection].flat();
  if (selectors.length === 0) throw new TypeError("a selection without a selector");
  const checks = selectors.map(checkOf);
  const choices = guests.map((guest): Choice<G> => ({ guest, ...choose(checks, guest) }));
  return { choices, missing: missing(selectors, guests) };
}

/**
 * The first selector that takes the guest says why; when none does, each gives its reason, the same one only once. Where
 * one of them cannot tell, nobody can.
 */
function choose(checks: readonly Check[], guest: Guest): Omit<Choice<Guest>, "guest"> {
  const answers: Reasoned[] = [];
  for (const check of checks) {
    const answer = check(guest);
    if (answer.matches) return { chosen: true, because: answer.because };
    answers.push(answer);
  }
  const open = answers.filter(({ unknown }) => unknown);
  const told = new Set((open.length > 0 ? open : answers).map(({ because }) => because));
  const answer = { chosen: false, because: [...told].join("; ") };
  return open.length > 0 ? { ...answer, unknown: true } : answer;
}

function checkOf(selector: Selector): Check {
  const include = selector.all && !namesSomething(selector) ? everything : compile(selector);
  const exclude = selector.exclude ? compile(selector.exclude) : undefined;
  return (guest) => {
    const included = include(guest);
    if (!included.matches && !included.unknown) return included;
    const excluded = exclude?.(guest);
    if (excluded?.matches) return { matches: false, because: `excluded: ${excluded.because}` };
    if (guest.template && !selector.templates) return template;
    if (included.unknown) return included;
    if (excluded?.unknown) return excluded;
    return !selector.templates && guest.unknown?.includes("template")
      ? nobodyKnows("whether it is a template")
      : included;
  };
}

const everything: Check = () => ({ matches: true, because: "all guests are selected" });

const template = { matches: false, because: "is a template; they are left out unless templates: true" };
