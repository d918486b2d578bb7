import * as z from "zod";
import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/tags/evaluate.ts";
import { lab } from "../../../kit/lab.ts";
import { changingNothing } from "../../../kit/proof.ts";
import { Vm } from "../../../kit/shape.ts";

const route = { spec };
const Answer = z.object({
  normalised: z.string(),
  matches: z.array(Vm),
  others: z.array(z.strictObject({ vm: Vm.pick({ id: true, name: true, node: true }), because: z.string() })),
  summary: z.strictObject({ matches: z.number(), others: z.number() }),
  asOf: z.iso.datetime(),
  partial: z.boolean(),
});

test("200: it says who matches, and of everybody else why not", async () => {
  const stage = await lab();
  const body = { expression: "env-prod and not(always-on) and client-*" };
  const answer = await changingNothing(stage, () => stage.call(route, { body }));
  expect(answer.status).toBe(200);
  const { normalised, matches, others, summary } = Answer.parse(answer.json);
  expect(normalised).toBe("env-prod AND NOT always-on AND client-*");
  expect(matches.map(({ vmid }) => vmid)).toEqual([102, 104, 105, 106, 107, 108, 201]);
  expect(summary).toEqual({ matches: 7, others: 17 });
  const why = new Map(others.map(({ vm, because }) => [vm.id, because]));
  expect(why.get("main/101")).toBe("has always-on, which the expression excludes");
  expect(why.get("main/110")).toBe("has no env-prod");
  expect(new Set([...matches.map(({ id }) => id), ...why.keys()]).size).toBe(24);
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test("200: no more of each kind are told than asked for, and the sums are those of all", async () => {
  const stage = await lab();
  const { matches, others, summary } = Answer.parse(
    (await stage.call(route, { body: { expression: "env-*", limit: 1 } })).json,
  );
  expect([matches.length, others.length, summary]).toEqual([1, 1, { matches: 23, others: 1 }]);
});

test("B11: an answer about guests with the longest tags fits into a Lambda, and the sums are those of all", async () => {
  const stage = await lab();
  const tags = Array.from({ length: 2000 }, (_, n) => `tag-${n}-${"x".repeat(100)}`).join(";");
  for (const guest of Object.values(stage.simulator.state.guests)) guest.config["tags"] = tags;
  for (const expression of ["tag-*", "NOT tag-*"]) {
    const answer = await stage.call(route, { body: { expression, fresh: true } });
    expect(answer.body.length).toBeLessThan(6 * 1024 ** 2);
    const { matches, others, summary } = Answer.parse(answer.json);
    expect(summary.matches + summary.others).toBe(24);
    expect(matches.length + others.length).toBeGreaterThan(0);
    expect(summary.others > 0 || matches.length < 24).toBe(true);
  }
});

test("200: fresh judges what Proxmox shows at this moment", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests[101]?.config ?? {}, { tags: "brand-new" });
  const body = { expression: "brand-*", fresh: true };
  expect(Answer.parse((await stage.call(route, { body })).json).matches.map(({ id }) => id)).toEqual([
    "main/101",
  ]);
});

test("200: with an Idempotency-Key it is judged anew all the same, since it changes nothing", async () => {
  const stage = await lab();
  const headers = { "idempotency-key": "order-66" };
  for (const expression of ["env-prod", "env-dev"]) {
    const answer = await changingNothing(stage, () => stage.call(route, { body: { expression }, headers }));
    expect(answer).toMatchObject({ status: 200, json: { normalised: expression } });
  }
});

test.for<[string, number, string]>([
  ["env-prod AND", 13, "found the end"],
  ["env-prod && web", 10, "write AND"],
  ["(a OR b", 8, "closes column 1"],
  ["", 1, "empty"],
])("400: %j is wrong at column %j", async ([expression, column, words]) => {
  const stage = await lab();
  const answer = await stage.call(route, { body: { expression } });
  expect(answer).toMatchObject({
    status: 400,
    json: {
      code: "selector.expression",
      errors: [
        {
          pointer: "/expression",
          detail: expect.stringMatching(new RegExp(`^column ${column}: .*${words}`)),
        },
      ],
    },
  });
});

test.for<[unknown, string]>([
  [{}, "/expression"],
  [{ expression: "a", limit: 1001 }, "/limit"],
  [{ expression: "a", tags: "b" }, "/tags"],
])("400: %j", async ([body, pointer]) => {
  const stage = await lab();
  const answer = await stage.call(route, { body });
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
});
