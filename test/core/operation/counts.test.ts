import * as fc from "fast-check";
import { expect, test } from "vitest";
import { NO_COUNTS, sum, verdict, type Counts } from "../../../core/operation/counts.ts";

const bulk = { bulk: true, leftOut: 0 };
const single = { bulk: false, leftOut: 0 };
const of = (counts: Partial<Counts>): Counts => ({ ...NO_COUNTS, ...counts });

test.each([
  [bulk, {}, "succeeded"],
  [bulk, { succeeded: 2, skipped: 1 }, "succeeded"],
  [bulk, { skipped: 3 }, "skipped"],
  [{ bulk: true, leftOut: 3 }, { skipped: 3 }, "skipped"],
  [bulk, { succeeded: 1, failed: 1 }, "partial"],
  [bulk, { succeeded: 1, cancelled: 1 }, "partial"],
  [bulk, { skipped: 1, unknown: 1 }, "failed"],
  [bulk, { skipped: 1, cancelled: 1 }, "cancelled"],
  [single, { skipped: 1 }, "failed"],
  [{ bulk: false, leftOut: 1 }, { skipped: 1 }, "skipped"],
  [single, { cancelled: 1 }, "cancelled"],
] as const)("B9: %j with %j ends as %s", (operation, counts, state) => {
  expect(verdict(operation, of(counts))).toBe(state);
});

const some = fc.nat(3);
const counted = fc.record({ succeeded: some, failed: some, skipped: some, cancelled: some, unknown: some });

test("B9: only an operation that did something, or had nobody to do it to, has succeeded", () => {
  fc.assert(
    fc.property(counted, fc.boolean(), (counts, isBulk) => {
      const total = Object.values(sum([counts])).reduce((all, one) => all + one, 0);
      const succeeded = verdict({ bulk: isBulk, leftOut: 0 }, counts) === "succeeded";
      expect(succeeded && total > 0 && counts.succeeded === 0).toBe(false);
      expect(succeeded && counts.failed + counts.unknown > 0).toBe(false);
    }),
  );
});
