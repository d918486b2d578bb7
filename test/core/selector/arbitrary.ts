import * as fc from "fast-check";
import type { Expression, Guest, Selector } from "../../../core/selector/index.ts";

const word = fc.constantFrom(
  "env-prod",
  "env-dev",
  "always-on",
  "web",
  "v1.2+b",
  "_x",
  "9",
  "or",
  "and",
  "not",
);
const pattern = fc.constantFrom("env-*", "*-on", "*", "w*b", "*.*");

/** A tag list as a guest may carry it, in any case. */
export const tags = fc.uniqueArray(fc.oneof(word, word.map(upper)), { maxLength: 4 });

/** A tree as the parser builds it: no `and` directly in an `and`, no `or` in an `or`. */
export const expression: fc.Arbitrary<Expression> = fc.letrec<{ any: Expression }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, depthSize: "small", withCrossShrink: true },
    fc.oneof(word, pattern).map((tag): Expression => ({ kind: "tag", tag })),
    tie("any").map((of): Expression => ({ kind: "not", of })),
    chain("and", tie("any")),
    chain("or", tie("any")),
  ),
})).any;

const cluster = fc.constantFrom("main", "lab");
const node = fc.constantFrom("pve1", "pve2");
const pool = fc.constantFrom("acme", "beta");
const type = fc.constantFrom("qemu" as const, "lxc" as const);
const status = fc.constantFrom("running" as const, "stopped" as const);

/** A guest of a small world, so that selections hit often. */
export const guest: fc.Arbitrary<Guest> = fc.record({
  cluster,
  vmid: fc.integer({ min: 100, max: 105 }),
  name: fc.option(fc.constantFrom("web-1", "WEB-2", "db-1"), { nil: undefined }),
  node,
  pool: fc.option(pool, { nil: undefined }),
  type,
  status,
  template: fc.boolean(),
  tags,
});

const criteria = fc
  .record(
    {
      clusters: some(cluster),
      vmids: some(fc.integer({ min: 100, max: 107 })),
      names: some(fc.constantFrom("web-*", "*-1", "db-?", "none")),
      tags: fc.constantFrom("env-*", "NOT always-on", "web OR env-prod", "env-* AND NOT *-on"),
      pools: some(pool),
      nodes: some(node),
      types: some(type),
      status,
    },
    { requiredKeys: [] },
  )
  .filter((given) => Object.keys(given).length > 0 && Object.keys(given).length < 4);

/** A selector without an exclusion. */
export const plain: fc.Arbitrary<Selector> = fc.oneof(
  criteria,
  fc.constant({ all: true }),
  criteria.map((given) => ({ ...given, templates: true })),
);

/** What an `exclude` may hold. */
export const exclusion = criteria;

/** A selector, with or without an exclusion. */
export const selector: fc.Arbitrary<Selector> = fc.oneof(
  plain,
  fc.record({ given: plain, exclude: exclusion }).map(({ given, exclude }) => ({ ...given, exclude })),
);

function chain(kind: "and" | "or", part: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> {
  return fc.array(part, { minLength: 2, maxLength: 3 }).map((parts) => {
    return { kind, of: parts.flatMap((inner) => (inner.kind === kind ? inner.of : [inner])) };
  });
}

function some<Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<Item[]> {
  return fc.array(item, { minLength: 1, maxLength: 2 });
}

function upper(text: string): string {
  return text.toUpperCase();
}
