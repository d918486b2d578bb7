import { expect, test } from "vitest";
import { poll } from "../../../../core/inventory/index.ts";
import * as BulkDelete from "../../../../functions/api/bulk/delete.ts";
import * as BulkPower from "../../../../functions/api/bulk/power.ts";
import { spec } from "../../../../functions/api/operations/retry.ts";
import * as Delete from "../../../../functions/api/vms/delete.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { retag } from "../../../kit/retag.ts";
import { Plan } from "../../../kit/shape.ts";

const VMID = 110;
const select = { tags: "scrap" };

const guestOf = ({ simulator }: Pick<Lab, "simulator">) => {
  const guest = simulator.state.guests[VMID];
  if (!guest) throw new Error(`there is no guest ${VMID}`);
  return guest;
};

const again = (stage: Lab, { id }: { readonly id: string }, query: Record<string, string> = {}) =>
  stage.call({ spec }, { path: { operation: id }, query });

const WAYS = [
  ["a bulk deletion", (stage: Lab) => stage.call(BulkDelete, { body: { select } }), "DELETE"],
  ["a bulk stop", (stage: Lab) => stage.call(BulkPower, { body: { select, action: "stop" } }), "POST"],
] as const;

type Act = (stage: Lab) => ReturnType<Lab["call"]>;

/** An operation on one guest of which the first request failed. */
async function failed(act: Act, method: "DELETE" | "POST") {
  const stage = await lab();
  await retag(stage, { [VMID]: "moxxie;scrap" });
  if (method === "POST") guestOf(stage).status = "running";
  await stage.clock.until(poll(stage.world, "main"));
  const answer = { status: 500, reason: "the storage is broken" };
  stage.simulator.faults.add({ match: { method, times: 1 }, do: "answer", ...answer });
  const { operation } = await carriedOut(stage, await act(stage));
  expect(operation.state).toBe("failed");
  stage.simulator.resetCounters();
  await stage.clock.advance(60_000);
  return { stage, operation };
}

test.for(WAYS)("A1: a retry of %s asks the selector again that chose its guests", async ([, act, method]) => {
  const { stage, operation } = await failed(act, method);
  await retag(stage, { [VMID]: "moxxie" });
  const plan = Plan.parse((await again(stage, operation, { dryRun: "true" })).json);
  expect(plan).toMatchObject({ summary: { run: 0, skip: 1 }, items: [{ code: "selector.unfit" }] });
  const { items } = await carriedOut(stage, await again(stage, operation));
  expect(items).toMatchObject([{ vm: { id: "main/110" }, error: { code: "selector.unfit" } }]);
  expect(writesTo(stage)).toEqual({});
});

test.for(WAYS)("A1: a retry of %s means nobody but its guests", async ([, act, method]) => {
  const { stage, operation } = await failed(act, method);
  await retag(stage, { [VMID]: "moxxie;scrap", 111: "moxxie;scrap", 112: "moxxie;scrap" });
  const { items } = await carriedOut(stage, await again(stage, operation));
  expect(items).toMatchObject([{ vm: { id: "main/110" }, state: "succeeded" }]);
});

const ANOTHER = [true, false] as const;

test.for(WAYS.flatMap(([name, ...way]) => ANOTHER.map((listed) => [name, listed, ...way] as const)))(
  "A1: a retry of %s leaves another guest alone that has the VMID now; it was listed: %s",
  async ([, listed, act, method]) => {
    const { stage, operation } = await failed(act, method);
    guestOf(stage).config["name"] = "payroll-db";
    if (listed) await stage.clock.until(poll(stage.world, "main"));
    const { items } = await carriedOut(stage, await again(stage, operation));
    expect(items).toMatchObject([{ state: "skipped", error: { code: "vm.changed" } }]);
    expect(writesTo(stage)).toEqual({});
    expect(guestOf(stage).config["name"]).toBe("payroll-db");
  },
);

test("A1: a retry deletes no guest that was made anew under the same name since its guest was chosen first", async () => {
  const { stage, operation } = await failed(WAYS[0][1], WAYS[0][2]);
  const ctime = Math.floor(stage.clock.now().getTime() / 1000);
  await stage.clock.advance(600_000);
  guestOf(stage).config["meta"] = `creation-qemu=9.2.0,ctime=${ctime + 300}`;
  const { items } = await carriedOut(stage, await again(stage, operation));
  expect(items).toMatchObject([{ state: "skipped", error: { code: "vm.changed" } }]);
  expect(guestOf(stage).config["tags"]).toBe("moxxie;scrap");
});

test("A1: a retry of a deletion by VMID is refused where the VMID belongs to another guest", async () => {
  const act = (stage: Lab) => stage.call(Delete, { path: { cluster: "main", vmid: VMID } });
  const { stage, operation } = await failed(act, "DELETE");
  guestOf(stage).config["name"] = "payroll-db";
  const answer = await changingNothing(stage, () => again(stage, operation));
  expect(answer).toMatchObject({ status: 409, json: { code: "vm.changed" } });
});

test("A1: a retry tells of a guest that is gone", async () => {
  const { stage, operation } = await failed(WAYS[0][1], WAYS[0][2]);
  Reflect.deleteProperty(stage.simulator.state.guests, VMID);
  await stage.clock.until(poll(stage.world, "main"));
  const { items } = await carriedOut(stage, await again(stage, operation));
  expect(items).toMatchObject([{ vm: { id: "main/110" }, state: "skipped", error: { code: "vm.missing" } }]);
});
