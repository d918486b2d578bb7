import { glob } from "../lib/glob.ts";
import { explain, type Reasoned } from "./explain.ts";
import { parseExpression } from "./parse.ts";
import { namesSomething, type Criteria } from "./schema.ts";
import { enumerate } from "./words.ts";

/** What selection needs to know of a guest; callers hand in their own, larger objects. */
export interface Guest {
  readonly cluster: string;
  readonly vmid: number;
  readonly name?: string | null | undefined;
  readonly node: string;
  readonly pool?: string | null | undefined;
  readonly type: "qemu" | "lxc";
  readonly status: string;
  readonly template: boolean;
  readonly tags: readonly string[];
  /** What nobody has told of the guest yet, and what therefore stands empty. */
  readonly unknown?: readonly ("name" | "tags" | "pool" | "template")[] | undefined;
}

type Field = NonNullable<Guest["unknown"]>[number];

/** The answer to a question that nobody can answer yet. */
export const nobodyKnows = (what: string): Reasoned => ({
  matches: false,
  unknown: true,
  because: `Proxmox does not tell ${what}`,
});

/** A check of something that Proxmox may not have told: an empty field is then no answer. */
const once =
  (field: Field, what: string, check: Check): Check =>
  (guest) =>
    guest.unknown?.includes(field) ? nobodyKnows(what) : check(guest);

/** One question asked of a guest, and its answer with the reason. */
export type Check = (guest: Guest) => Reasoned;

/**
 * The criteria as one check that all of them must pass; the reason of a no is the first that failed, and what nobody can
 * tell counts where nothing failed. Sets and trees are built once here, so that a check over thousands of guests stays
 * cheap. Nothing to check is a programming error.
 */
export function compile(criteria: Criteria): Check {
  if (!namesSomething(criteria)) throw new TypeError("criteria that name nothing would fit every guest");
  const checks = [...places(criteria), ...traits(criteria)];
  return (guest) => {
    const reasons: string[] = [];
    let open: Reasoned | undefined;
    for (const check of checks) {
      const answer = check(guest);
      if (answer.unknown) open ??= answer;
      else if (!answer.matches) return answer;
      reasons.push(answer.because);
    }
    return open ?? { matches: true, because: reasons.join(", ") };
  };
}

function places({ clusters, nodes, pools }: Criteria): Check[] {
  const checks: Check[] = [];
  if (clusters) checks.push(among(clusters, (guest) => guest.cluster, "in cluster"));
  if (nodes) checks.push(among(nodes, (guest) => guest.node, "on node"));
  if (pools) checks.push(once("pool", "its pool", inPool(pools)));
  return checks;
}

function traits({ vmids, names, tags, types, status }: Criteria): Check[] {
  const checks: Check[] = [];
  if (vmids) checks.push(listed(vmids));
  if (names) checks.push(once("name", "its name", named(names)));
  if (types) checks.push(among(types, (guest) => guest.type, "of type"));
  if (status) checks.push(doing(status));
  if (tags !== undefined) checks.push(once("tags", "its tags", tagged(tags)));
  return checks;
}

function among(wanted: readonly string[], of: (guest: Guest) => string, relation: string): Check {
  const set = new Set(filled(wanted));
  const others = enumerate(wanted, "or");
  return (guest) => {
    const actual = of(guest);
    if (set.has(actual)) return { matches: true, because: `${relation} ${actual}` };
    return { matches: false, because: `${relation} ${actual}, not ${others}` };
  };
}

function inPool(wanted: readonly string[]): Check {
  const check = among(wanted, (guest) => guest.pool ?? "", "in pool");
  return (guest) => (guest.pool ? check(guest) : { matches: false, because: "in no pool" });
}

function doing(wanted: NonNullable<Criteria["status"]>): Check {
  const check = among([wanted], (guest) => guest.status, "is");
  return (guest) =>
    guest.status === "unknown" && wanted !== "unknown" ? nobodyKnows("what it does") : check(guest);
}

function listed(wanted: readonly number[]): Check {
  const set = new Set(filled(wanted));
  return ({ vmid }) => {
    if (set.has(vmid)) return { matches: true, because: `vmid ${vmid} is listed` };
    return { matches: false, because: `vmid ${vmid} is not listed` };
  };
}

function named(globs: readonly string[]): Check {
  filled(globs);
  const others = `fits no ${enumerate(globs, "or")}`;
  return ({ name }) => {
    if (name === undefined || name === null) return { matches: false, because: "has no name" };
    const fitting = globs.find((pattern) => glob(pattern, name));
    if (fitting === undefined) return { matches: false, because: `name ${name} ${others}` };
    return { matches: true, because: `name ${name} fits ${fitting}` };
  };
}

function tagged(text: string): Check {
  const expression = parseExpression(text);
  return ({ tags }) => explain(expression, tags);
}

/** An empty list would fit nobody, which in an exclusion protects nobody; the schema refuses it long before. */
function filled<Item>(values: readonly Item[]): readonly Item[] {
  if (values.length === 0) throw new TypeError("an empty list of criteria");
  return values;
}
