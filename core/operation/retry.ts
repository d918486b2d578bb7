import * as z from "zod";
import type { Context } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import { plainPlan, toPlan, type Plan } from "../plan.ts";
import { verb, type Verb } from "../verb.ts";
import { isRepeatable, type Effect, type Effects } from "./effect.ts";
import { need, OperationId } from "./get.ts";
import type { ItemRow } from "./item.ts";
import { sameOnly } from "./meant.ts";
import type { OperationRow } from "./operation.ts";
import { again, type Wanted } from "./retry-input.ts";
import { Operation } from "./view.ts";

const Input = z.strictObject({
  operation: OperationId,
  /** By default what failed, and what is unknown but may be done twice. */
  states: z
    .array(z.enum(["failed", "unknown", "cancelled", "skipped"]))
    .min(1)
    .max(4)
    .optional(),
});
type Input = z.infer<typeof Input>;

/** What operations are made by, and what their items do. */
interface Work {
  /** By the kind of an operation, the verbs that make such; a bulk one takes a `select`. */
  readonly verbs: Readonly<Record<string, readonly Verb[]>>;
  readonly effects: Effects;
}

interface RetryPlan extends Plan {
  readonly act: (ctx: Context) => ReturnType<Verb["call"]>;
}

/** The verb that takes such an input. */
function verbOf(work: Work, { id, kind }: OperationRow, given: unknown): Verb {
  const found = work.verbs[kind]?.find((made) => made.input.safeParse(given).success);
  if (found) return found;
  const detail = `${id} is a ${kind}, which cannot be done again in parts; ask for it anew.`;
  throw new Fault("conflict", "operation.unsupported", detail);
}

const isSafe = (effect: Effect | undefined, item: ItemRow) =>
  (item.state === "failed" ||
    (item.state === "unknown" && effect !== undefined && isRepeatable(effect, item))) &&
  effect?.made?.(item) !== true;

/** What never may be done twice is not taken unless it is named, nor what has made its guest already. */
const wantedOf = ({ effects }: Work, { bulk, state }: OperationRow, { states }: Input): Wanted =>
  states
    ? (item) => states.some((wanted) => wanted === item.state)
    : (item) =>
        isSafe(effects[item.action], item) || (!bulk && state === "failed" && item.state === "skipped");

/** The plan of the call that would be made, without guests that have a VMID of those that were meant. */
async function shown(ctx: Context, act: RetryPlan["act"], meant: Context["meant"]): Promise<Plan> {
  const result = await act(ctx);
  if (!("plan" in result)) throw new Error("a dry run gave no plan");
  const { kind, items } = result.plan;
  return toPlan(
    kind,
    items.map((item) => sameOnly(meant, item)),
  );
}

/**
 * A verb that does the failed items of an operation again, as a new operation: the call that made it is made anew for
 * those of their guests that its selector still means, so that policy, preconditions and names are asked as they are now, and of the one who asks now.
 */
export const retrying = (work: Work) =>
  verb<typeof Input, typeof Operation, RetryPlan>({
    action: "operation.retry",
    effect: "write",
    tracked: false,
    single: false,
    input: Input,
    output: Operation,
    target: ({ operation }) => operation,
    async plan(ctx, input) {
      const row = await need(ctx, input.operation);
      if (row.state === "open")
        throw new Fault("conflict", "operation.running", `${row.id} has not ended yet.`);
      const { given, meant, count } = await again(ctx, row, wantedOf(work, row, input));
      const made = verbOf(work, row, given);
      const act: RetryPlan["act"] = (as) => made.call({ ...as, retryOf: row.id, meant }, given);
      const because = `${count} items of ${row.id} are done again`;
      const plan = ctx.dryRun ? await shown(ctx, act, meant) : plainPlan("operation.retry", because);
      return { ...plan, act };
    },
    async run(ctx, _input, { act }) {
      const result = await act(ctx);
      if (!("value" in result)) throw new Error("a retry made no operation");
      return Operation.parse(result.value);
    },
  });
