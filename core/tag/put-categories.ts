import * as z from "zod";
import { LostRace } from "../db/index.ts";
import { canonical } from "../lib/canonical.ts";
import { Fault } from "../lib/fault.ts";
import { badInput } from "../lib/issues.ts";
import { plainPlan } from "../plan.ts";
import { verb } from "../verb.ts";
import { catalogue, Categories, categoriesEtag, replaceCategories } from "./categories.ts";
import { CategoriesView } from "./get-categories.ts";

const changed = (kind: "precondition" | "conflict") =>
  new Fault(kind, "tag.categories-changed", "The categories were changed in the meantime; read them again.");

/** Names the categories anew; a stale `etag` changes nothing. No tag of any guest is changed. */
export const putCategories = verb({
  action: "tag.manage",
  effect: "write",
  tracked: false,
  single: false,
  input: z.strictObject({
    categories: Categories,
    special: z.array(z.string()).describe("Only as it is shown: the rules' own tags").optional(),
    etag: z.string().optional(),
  }),
  output: CategoriesView,
  target: () => "tag categories",
  async plan(ctx, input) {
    const { categories, special } = await catalogue(ctx);
    if (input.etag !== undefined && input.etag !== categoriesEtag(categories)) throw changed("precondition");
    if (input.special !== undefined && canonical(input.special) !== canonical(special))
      throw badInput([{ pointer: "/special", code: "invalid", detail: "is only shown here" }]);
    const because = `from ${categories.join(", ") || "none"} to ${input.categories.join(", ") || "none"}`;
    return { ...plainPlan("tag.manage", because), before: categories, special };
  },
  changes: (input, plan) => ({ before: plan.before, after: input.categories }),
  async run(ctx, { categories, etag }, plan) {
    const answer = { categories, special: [...plan.special], etag: categoriesEtag(categories) };
    if (answer.etag === categoriesEtag(plan.before)) return answer;
    await replaceCategories(ctx, plan.before, categories).catch((error: unknown) => {
      throw error instanceof LostRace ? changed(etag === undefined ? "conflict" : "precondition") : error;
    });
    return answer;
  },
});
