import * as z from "zod";
import { ExpressionError } from "./expression.ts";
import { parseExpression } from "./parse.ts";

/** How much one selection may name. */
const most = { selectors: 20, vmids: 10_000, names: 200, others: 1_000 } as const;

const empty = { params: { code: "selector.empty" } };
const text = z.string().min(1).max(255);
const Vmid = z.int().min(100).max(999_999_999);

/** A tag expression in text; an unreadable one is an issue that carries the column in `params.column`. */
export const TagExpression = z.string().superRefine((expression, ctx) => {
  try {
    parseExpression(expression);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const params = { code: "selector.expression", column: error.column };
    ctx.addIssue({ code: "custom", message: error.message, input: expression, params });
  }
});

const criteria = {
  clusters: listOf(text, most.others).describe("Any of these clusters").optional(),
  vmids: listOf(Vmid, most.vmids).describe("Any of these ids, in every cluster selected").optional(),
  names: listOf(text, most.names).describe("Any of these globs: `*`, `?`, case ignored").optional(),
  tags: TagExpression.describe("A tag expression, such as `env-* AND NOT always-on`").optional(),
  pools: listOf(text, most.others).describe("Any of these pools").optional(),
  nodes: listOf(text, most.others).describe("Any of these nodes").optional(),
  types: listOf(z.enum(["qemu", "lxc"]), 2)
    .describe("Any of these kinds of guest")
    .optional(),
  status: z.enum(["running", "stopped", "paused", "suspended", "unknown"]).optional(),
};

/** What describes guests: the fields narrow each other, the values inside one field widen it. */
const Criteria = z.strictObject(criteria);
export type Criteria = z.infer<typeof Criteria>;

/** Which guests to take. `exclude` takes out what fits all of its own fields, and wins within its selector. */
export const Selector = z
  .strictObject({
    ...criteria,
    all: z.boolean().describe("Every guest; needed when nothing else is named").optional(),
    templates: z.boolean().describe("Take templates too; they are left out otherwise").optional(),
    exclude: Criteria.refine(namesSomething, {
      error: "exclude by at least one criterion",
      ...empty,
    }).optional(),
  })
  .refine((selector) => selector.all === true || namesSomething(selector), {
    error: "select by at least one criterion, or say all: true; nothing named never means every guest",
    ...empty,
  });
export type Selector = z.infer<typeof Selector>;

const Selectors = z
  .array(Selector)
  .min(1, { error: "the list holds no selector; nothing named never means every guest" })
  .max(most.selectors)
  .refine((list) => list.reduce((sum, { vmids }) => sum + (vmids?.length ?? 0), 0) <= most.vmids, {
    error: `more than ${most.vmids} vmids in all`,
  });

/**
 * One selector, or a list of them that takes what any one takes. The value is judged as the one or the other before
 * the union sees it: a union alone would answer a wrong type without the path of its field.
 */
export const Selection = z.preprocess(
  (value, ctx) => {
    const { error } = (Array.isArray(value) ? Selectors : Selector).safeParse(value);
    for (const issue of error?.issues ?? []) ctx.issues.push({ ...issue, input: undefined });
    return value;
  },
  z.union([Selector, Selectors]),
);
export type Selection = z.infer<typeof Selection>;

/** Is any criterion given? Criteria of one kind of field are enough, since an empty list is no valid field. */
export function namesSomething(given: Criteria): boolean {
  const { clusters, vmids, names, tags, pools, nodes, types, status } = given;
  return [clusters, vmids, names, tags, pools, nodes, types, status].some((value) => value !== undefined);
}

function listOf<Item extends z.ZodType>(item: Item, max: number) {
  return z.array(item).min(1, "name at least one, or leave the field out").max(max);
}
