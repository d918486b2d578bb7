import type * as z from "zod";
import { around, refuse } from "./audit/around.ts";
import type { Context } from "./context.ts";
import { Fault } from "./lib/fault.ts";
import { badInput, describeIssues } from "./lib/issues.ts";
import { Plan } from "./plan.ts";
import { decideRole, isRefusal, type Verdict } from "./policy/decide.ts";

interface Common<Input extends z.ZodType, Output extends z.ZodType> {
  /** The one name: operationId, policy action, audit action and operation kind. */
  readonly action: string;
  readonly input: Input;
  readonly output: Output;
}

/** Reads: nothing but audit rows and counters may be written. */
export interface ReadDefinition<Input extends z.ZodType, Output extends z.ZodType> extends Common<
  Input,
  Output
> {
  readonly effect: "read";
  readonly run: (ctx: Context, input: z.output<Input>) => Promise<z.input<Output>>;
}

/**
 * Writes: `plan` says what would be done and why, `run` acts on that very plan. `tracked` ones accept an
 * operation, which carries its own audit rows; `single` ones concern one guest and are refused as a whole.
 */
export interface WriteDefinition<
  Input extends z.ZodType,
  Output extends z.ZodType,
  P extends Plan,
> extends Common<Input, Output> {
  readonly effect: "write";
  readonly tracked: boolean;
  readonly single: boolean;
  readonly target: (input: z.output<Input>) => string;
  /** The action that the caller's role has to cover, where it depends on the input. */
  readonly permission?: (input: z.output<Input>) => string;
  readonly plan: (ctx: Context, input: z.output<Input>) => Promise<P>;
  readonly run: (ctx: Context, input: z.output<Input>, plan: P) => Promise<z.input<Output>>;
  /** What a dry run shows, where that is not the plan itself. */
  readonly shown?: (plan: P) => unknown;
  /** The schema of that. */
  readonly preview?: z.ZodType;
  /** What the audit log says was changed, from what to what; never a secret. */
  readonly changes?: (input: z.output<Input>, plan: P) => Record<string, unknown>;
  /** What policy said of the guest in the plan; an operation keeps that itself. */
  readonly verdict?: (plan: P) => Verdict | undefined;
  /** Its answer holds a secret: it is kept nowhere, so that a repeated Idempotency-Key does it anew. */
  readonly secret?: true;
}

/** What a verb gives: its value, or the plan when the call was a dry run. */
export type Result<Value> = { readonly value: Value } | { readonly plan: Plan; readonly shown?: unknown };

/** Something that can be asked of Moxxie, behind its only door. */
export interface Verb<
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> extends Common<Input, Output> {
  readonly effect: "read" | "write";
  readonly secret: boolean;
  /** What a dry run answers with, where that is not a plan. */
  readonly preview?: z.ZodType;
  readonly call: (ctx: Context, raw: unknown) => Promise<Result<z.output<Output>>>;
}

function parse<Input extends z.ZodType>(input: Input, raw: unknown): z.output<Input> {
  const parsed = input.safeParse(raw);
  if (parsed.success) return parsed.data;
  const errors = describeIssues(parsed.error);
  throw badInput(errors);
}

async function role(ctx: Context, action: string, target: string): Promise<Verdict> {
  const verdict = decideRole(ctx.actor, action);
  if (verdict.decision === "refused") throw await refuse(ctx, { action, target }, verdict);
  return verdict;
}

/** What the one guest of a plan is left out for ends the call: a refusal by policy with an audit row. */
async function requireRun(ctx: Context, { items: [only] }: Plan, target: string): Promise<void> {
  if (!only || only.willRun || !only.code) return;
  if (!isRefusal(only.code)) throw new Fault("conflict", only.code, `Nothing was done: ${only.because}.`);
  const refusal = { decision: "refused" as const, code: only.code, reason: only.because };
  throw await refuse(ctx, { action: only.action, target }, refusal);
}

/** The door to a write: parse, policy, plan, audit, run. Nothing that changes anything goes round it. */
function writing<Input extends z.ZodType, Output extends z.ZodType, P extends Plan>(
  definition: WriteDefinition<Input, Output, P>,
): Verb<Input, Output>["call"] {
  return async (ctx, raw) => {
    const input = parse(definition.input, raw);
    const action = definition.permission?.(input) ?? definition.action;
    const target = definition.target(input);
    const verdict = await role(ctx, action, target);
    const plan = await definition.plan(ctx, input);
    if (ctx.dryRun) {
      const shown = definition.shown?.(plan);
      return { plan: Plan.parse(plan), ...(shown === undefined ? {} : { shown }) };
    }
    if (definition.single) await requireRun(ctx, plan, target);
    const act = async () =>
      definition.output.parse(await definition.run({ ...ctx, given: raw }, input, plan));
    if (definition.tracked) return { value: await act() };
    const changes = definition.changes?.(input, plan);
    const deed = { action, target, ...(changes ? { changes } : {}) };
    return { value: await around(ctx, deed, definition.verdict?.(plan) ?? verdict, act) };
  };
}

function reading<Input extends z.ZodType, Output extends z.ZodType>(
  definition: ReadDefinition<Input, Output>,
): Verb<Input, Output>["call"] {
  return async (ctx, raw) => {
    const input = parse(definition.input, raw);
    await role(ctx, definition.action, definition.action);
    return { value: definition.output.parse(await definition.run(ctx, input)) };
  };
}

/** The only door: whatever is asked of Moxxie, by a route, a worker or a schedule, is asked of a verb. */
export function verb<Input extends z.ZodType, Output extends z.ZodType>(
  definition: ReadDefinition<Input, Output>,
): Verb<Input, Output>;
export function verb<Input extends z.ZodType, Output extends z.ZodType, P extends Plan = Plan>(
  definition: WriteDefinition<Input, Output, P>,
): Verb<Input, Output>;
export function verb<Input extends z.ZodType, Output extends z.ZodType, P extends Plan = Plan>(
  definition: ReadDefinition<Input, Output> | WriteDefinition<Input, Output, P>,
): Verb<Input, Output> {
  const { action, effect, input, output } = definition;
  const call = definition.effect === "read" ? reading(definition) : writing(definition);
  const secret = definition.effect === "write" && definition.secret === true;
  const preview = definition.effect === "write" ? definition.preview : undefined;
  return { action, effect, secret, input, output, call, ...(preview ? { preview } : {}) };
}
