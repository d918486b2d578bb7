import * as z from "zod";
import * as Cluster from "../cluster/index.ts";
import { readAll } from "../inventory/index.ts";
import { ClusterId, Flag } from "../lib/field.ts";
import { unknownFilter } from "../lib/filter.ts";
import { Page, PageInput, pageByKey } from "../lib/page.ts";
import { verb } from "../verb.ts";
import { catalogue } from "./categories.ts";
import { categoryUsages, usages } from "./usage.ts";

const Usage = z.object({
  tag: z.string(),
  category: z.string().nullable(),
  count: z.number().int(),
  clusters: z.record(z.string(), z.number().int()),
});

const CategoryUsage = z.object({ category: z.string(), tags: z.number().int(), guests: z.number().int() });

/** Every tag in use with its guests counted, and every category, those without a guest too. */
export const list = verb({
  action: "tag.list",
  effect: "read",
  input: z.strictObject({
    ...PageInput,
    cluster: ClusterId.optional(),
    category: z.string().max(40).optional(),
    fresh: Flag.default(false),
  }),
  output: Page(Usage).extend({ categories: z.array(CategoryUsage) }),
  async run(ctx, input) {
    const clusters = input.cluster === undefined ? {} : { clusters: [input.cluster] };
    const { guests, asOf, partial, warnings } = await readAll(ctx, { ...clusters, fresh: input.fresh });
    const known = await catalogue(ctx);
    const all = usages(guests, known);
    const rows = all.filter(({ category }) => input.category === undefined || category === input.category);
    const categories = [...known.categories, ...all.map(({ category }) => category)];
    return {
      ...pageByKey(rows, ({ tag }) => tag, input),
      asOf,
      partial,
      warnings: [
        ...warnings,
        ...(await Cluster.unknownCluster(ctx, input.cluster)),
        ...unknownFilter("category", input.category, categories),
      ],
      categories: categoryUsages(guests, known),
    };
  },
});
