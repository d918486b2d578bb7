import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keepPolicyTags, policyTagsOf } from "../../../core/policy/index.ts";

const tag = fc.constantFrom("moxxie", "Moxxie", "always-on", "Always-On", "maint-ok", "web", "env-prod", "a");
const tags = fc.uniqueArray(tag);
const own = (list: readonly string[]) => policyTagsOf(list, "moxxie").toSorted();
const others = (list: readonly string[]) =>
  list.filter((one) => !policyTagsOf([one], "moxxie").length).toSorted();

test("A6: of the tags that rules go by those of before stay, of the others those that are there", () => {
  fc.assert(
    fc.property(tags, tags, (before, now) => {
      const wanted = keepPolicyTags(before, now, "moxxie") ?? now;
      expect([own(wanted), others(wanted)]).toEqual([own(before), others(now)]);
      expect(keepPolicyTags(before, wanted, "moxxie")).toBeUndefined();
    }),
  );
});

test("A6: nothing is written where the rules go by the same tags", () => {
  fc.assert(
    fc.property(tags, tags, (before, now) => {
      const same = JSON.stringify(own(before)) === JSON.stringify(own(now));
      expect(keepPolicyTags(before, now, "moxxie") === undefined).toBe(same);
    }),
  );
});
