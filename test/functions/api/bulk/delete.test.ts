import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/bulk/delete.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { retag } from "../../../kit/retag.ts";
import { Plan } from "../../../kit/shape.ts";

const route = { spec };
const ours = { 110: "moxxie", 112: "moxxie", 114: "always-on;moxxie", 116: "moxxie" };

async function stageOf() {
  const stage = await lab();
  await retag(stage, ours);
  return stage;
}

const of = (vmids: readonly number[], more: object = {}) => ({ body: { select: { vmids }, ...more } });

test("202: what is off goes; what runs, is protected, always on or foreign stays, each with its reason", async () => {
  const stage = await stageOf();
  const { guests } = stage.simulator.state;
  Object.assign(guests["112"]?.config ?? {}, { protection: "1" });
  const request = of([102, 110, 112, 114, 107]);
  const { operation, items } = await carriedOut(stage, await stage.call(route, request));
  expect(operation).toMatchObject({ kind: "bulk.delete", state: "succeeded" });
  expect(Object.fromEntries(items.map((item) => [item.vm.id, item.error?.code ?? item.state]))).toEqual({
    "main/102": "vm.running",
    "main/107": "safe-mode.refused",
    "main/110": "succeeded",
    "main/112": "vm.protected",
    "main/114": "policy.always-on",
  });
  expect(guests["110"]).toBeUndefined();
  expect(["102", "107", "112", "114"].filter((vmid) => guests[vmid] === undefined)).toEqual([]);
  expect(writesTo(stage)).toEqual({ "DELETE /nodes/{node}/qemu/{vmid}": 1 });
  expect((await auditOf(stage, { decision: "refused" })).length).toBe(2);
});

test("202: with force a guest that runs is stopped first; force sets no rule aside", async () => {
  const stage = await stageOf();
  const { items } = await carriedOut(stage, await stage.call(route, of([102, 101, 105], { force: true })));
  expect(items.map((item) => item.error?.code ?? item.state).toSorted()).toEqual([
    "policy.always-on",
    "safe-mode.refused",
    "succeeded",
  ]);
  expect(Object.keys(stage.simulator.state.guests)).not.toContain("102");
});

test("200: a dry run names each guest that would go; nothing happens", async () => {
  const stage = await stageOf();
  const request = { ...of([110, 116]), query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(Plan.parse(answer.json)).toMatchObject({ kind: "bulk.delete", summary: { run: 2 } });
});

test("400: a selector that chooses by nothing deletes nothing", async () => {
  const stage = await stageOf();
  const answer = await changingNothing(stage, () => stage.call(route, { body: { select: {} } }));
  expect(answer).toMatchObject({ status: 400, json: { code: "selector.empty" } });
});

test("403: an operator deletes nothing", async () => {
  const stage = await stageOf();
  const key = await stage.addKey("operator");
  const answer = await changingNothing(stage, () => stage.call(route, { ...of([110]), key }));
  expect(answer).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
});

test("I2: 200: a dry run says of a guest that runs that it stays, unless it is to be stopped first", async () => {
  const stage = await lab({ mode: "off" });
  const asked = async (more: object) => {
    const request = { body: { select: { vmids: [102] }, ...more }, query: { dryRun: "true" } };
    return Plan.parse((await stage.call(route, request)).json).items.find(({ vm }) => vm?.id === "main/102");
  };
  expect(await asked({})).toMatchObject({ willRun: false, code: "vm.running" });
  expect(await asked({ force: true })).toMatchObject({ willRun: true });
});
