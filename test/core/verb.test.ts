import * as z from "zod";
import { expect, test } from "vitest";
import type { Context } from "../../core/context.ts";
import { Fault } from "../../core/lib/fault.ts";
import { plainPlan, toPlan, type Plan } from "../../core/plan.ts";
import type { Verdict } from "../../core/policy/index.ts";
import { verb } from "../../core/verb.ts";
import { smallWorld } from "./world.ts";

const Input = z.strictObject({ name: z.string().min(2) });
const guestPlan = (willRun: boolean, code: string | null): Plan =>
  toPlan("vm.stop", [{ vm: null, action: "vm.stop", willRun, because: "since", code, detail: {} }]);

interface More {
  readonly plan?: Plan;
  readonly tracked?: boolean;
  readonly single?: boolean;
  readonly fails?: Error;
  readonly verdict?: Verdict;
}

/** A write that notes what it was given; `plan` is what it would do. */
function write(more: More = {}) {
  const ran: unknown[] = [];
  const made = verb({
    action: "vm.stop",
    effect: "write",
    tracked: more.tracked ?? false,
    single: more.single ?? false,
    input: Input,
    output: z.object({ done: z.string() }),
    target: (input) => `thing ${input.name}`,
    plan: async () => more.plan ?? plainPlan("vm.stop", "because"),
    verdict: () => more.verdict,
    async run(ctx, input) {
      ran.push({ given: ctx.given, input });
      if (more.fails) throw more.fails;
      return { done: input.name };
    },
  });
  return { verb: made, ran };
}

const rowsOf = (small: ReturnType<typeof smallWorld>) =>
  small.store
    .dump()
    .filter(({ table }) => table === "Audit")
    .map(({ row }) => row)
    .toSorted((a, b) => (String(a["outcome"]) < String(b["outcome"]) ? -1 : 1))
    .filter((row) => "action" in row)
    .map((row) => [row["action"], row["target"], row["outcome"], row["decision"]]);

const viewer = (ctx: Context): Context => ({
  ...ctx,
  actor: { ...ctx.actor, role: "viewer", may: ["vm.list"] },
});

test("a write is audited before and after, and given what the caller wrote", async () => {
  const small = smallWorld();
  const { verb, ran } = write();
  expect(await verb.call(small.ctx, { name: "ab" })).toEqual({ value: { done: "ab" } });
  expect(ran).toEqual([{ given: { name: "ab" }, input: { name: "ab" } }]);
  expect(rowsOf(small)).toEqual([
    ["vm.stop", "thing ab", "begun", "allowed"],
    ["vm.stop", "thing ab", "succeeded", "allowed"],
  ]);
});

test("400: a wrong input names its fields; nothing runs and nothing is audited", async () => {
  const small = smallWorld();
  const { verb, ran } = write();
  const call = verb.call(small.ctx, { name: "a", ttll: 1 });
  await expect(call).rejects.toMatchObject({ status: 400, code: "request.invalid" });
  const fault: unknown = await call.catch((error: unknown) => error);
  const errors = fault instanceof Fault ? fault.particulars.errors : undefined;
  expect(errors?.map((error) => error.pointer)).toEqual(["/name", "/ttll"]);
  expect([ran, small.store.dump()]).toEqual([[], []]);
});

test("403: what the role may not do does not run, is planned for nobody, and is audited", async () => {
  const small = smallWorld();
  const { verb, ran } = write();
  for (const dryRun of [false, true])
    await expect(verb.call({ ...viewer(small.ctx), dryRun }, { name: "ab" })).rejects.toMatchObject({
      status: 403,
    });
  expect(ran).toEqual([]);
  expect(rowsOf(small)).toEqual(
    Array.from({ length: 2 }, () => ["vm.stop", "thing ab", "refused", "refused"]),
  );
});

test("a dry run gives the plan and changes nothing at all", async () => {
  const small = smallWorld();
  const { verb, ran } = write({ plan: guestPlan(false, "policy.always-on"), single: true });
  const result = await verb.call({ ...small.ctx, dryRun: true }, { name: "ab" });
  expect(result).toMatchObject({ plan: { summary: { run: 0, skip: 1 }, items: [{ because: "since" }] } });
  expect([ran, small.store.dump()]).toEqual([[], []]);
});

test("403: a single call that policy refuses does not run, and a bulk call goes on with the rest", async () => {
  const small = smallWorld();
  const plan = guestPlan(false, "policy.always-on");
  const single = write({ plan, single: true });
  await expect(single.verb.call(small.ctx, { name: "ab" })).rejects.toMatchObject({
    code: "policy.always-on",
  });
  expect(single.ran).toEqual([]);
  const bulk = write({ plan });
  await bulk.verb.call(small.ctx, { name: "ab" });
  expect(bulk.ran).toHaveLength(1);
});

test("a failure is audited with its code, or as internal without its text, and reaches the caller", async () => {
  for (const [error, reason] of [
    [new Fault("conflict", "vm.locked", "is locked"), "vm.locked: is locked"],
    [new Error("secret detail"), "an internal error"],
  ] as const) {
    const small = smallWorld();
    await expect(write({ fails: error }).verb.call(small.ctx, { name: "ab" })).rejects.toBe(error);
    const failed = small.store.dump().find(({ row }) => row["outcome"] === "failed");
    expect(failed?.row["reason"]).toBe(reason);
  }
});

test("without its audit row a write does not run", async () => {
  const small = smallWorld();
  const broken = {
    ...small.ctx,
    store: { ...small.store, write: async () => Promise.reject(new Error("no audit")) },
  };
  const { verb, ran } = write();
  await expect(verb.call(broken, { name: "ab" })).rejects.toThrow("no audit");
  expect(ran).toEqual([]);
});

test("a write that is no operation is audited with what policy said of its guest", async () => {
  const small = smallWorld();
  const verdict = { decision: "override", code: "policy.override", reason: "overridden" } as const;
  await write({ verdict }).verb.call(small.ctx, { name: "ab" });
  expect(rowsOf(small)).toEqual([
    ["vm.stop", "thing ab", "begun", "override"],
    ["vm.stop", "thing ab", "succeeded", "override"],
  ]);
});

test("a tracked write keeps its own rows", async () => {
  const small = smallWorld();
  await write({ tracked: true }).verb.call(small.ctx, { name: "ab" });
  expect(rowsOf(small)).toEqual([]);
});

test("a plan counts what it would run and what it leaves out", () => {
  const items = [true, false, true].flatMap((willRun) => guestPlan(willRun, null).items);
  expect(toPlan("x", items).summary).toEqual({ run: 2, skip: 1 });
  expect(toPlan("x", []).summary).toEqual({ run: 0, skip: 0 });
});
