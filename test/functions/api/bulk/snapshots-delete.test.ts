import { expect, test } from "vitest";
import * as Bulk from "../../../../functions/api/bulk/snapshots.ts";
import { spec } from "../../../../functions/api/bulk/snapshots/delete.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { Plan } from "../../../kit/shape.ts";

const route = { spec };
const DELETE = "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}";
const CHOSEN = [101, 102, 104];

/** A stage whose guests have these snapshots, an hour apart. */
async function withSnapshots(...names: string[]): Promise<Lab> {
  const stage = await lab();
  for (const name of names) {
    await carriedOut(stage, await stage.call(Bulk, { body: { select: { vmids: CHOSEN }, name } }));
    await stage.clock.advance(3_600_000);
  }
  stage.simulator.resetCounters();
  return stage;
}

const left = (stage: Lab) =>
  CHOSEN.map((vmid) => Object.keys(stage.simulator.state.guests[vmid]?.snapshots ?? {}));

test("202: of every guest that is chosen go the snapshots that fit and are old enough, and no others", async () => {
  const stage = await withSnapshots("auto-1", "keep", "auto-2");
  const body = { select: { vmids: CHOSEN }, match: "auto-*", olderThan: "90m" };
  const { operation, items } = await carriedOut(stage, await stage.call(route, { body }));
  expect(operation).toMatchObject({
    kind: "bulk.snapshot-delete",
    state: "succeeded",
    progress: { succeeded: 3 },
  });
  expect(items.map(({ result }) => result)).toEqual(CHOSEN.map(() => ({ deleted: ["auto-1"] })));
  expect(left(stage)).toEqual(CHOSEN.map(() => ["keep", "auto-2"]));
  expect(writesTo(stage)).toEqual({ [DELETE]: 3 });
  const rows = await auditOf(stage, { action: "snapshot.delete" });
  expect(rows.filter(({ outcome }) => outcome === "succeeded")).toHaveLength(3);
});

test("202: a guest has one deletion at a time, however many snapshots go and whoever asks", async () => {
  const stage = await withSnapshots("auto-1", "auto-2", "auto-3");
  const ask = (match: string) => stage.call(route, { body: { select: { vmids: [101] }, match } });
  const [first, second] = [await ask("auto-1"), await ask("auto-[23]").catch(() => undefined)];
  expect(second).toMatchObject({ status: 400 });
  const third = await ask("auto-?");
  await carriedOut(stage, first);
  await carriedOut(stage, third);
  expect(left(stage)[0]).toEqual([]);
  expect(stage.simulator.counters().peak["pve1"]).toBe(1);
});

test("202: with more guests than a plan looks at, each is looked at when it is its turn", async () => {
  const stage = await lab({ guests: 240, speed: 10, mode: "off" });
  const select = { all: true, types: ["qemu"] };
  await carriedOut(stage, await stage.call(Bulk, { body: { select, name: "auto-1" } }));
  stage.simulator.resetCounters();
  const body = { select, match: "auto-*" };
  const dry = await changingNothing(stage, () => stage.call(route, { query: { dryRun: "true" }, body }));
  const { summary } = Plan.parse(dry.json);
  expect(summary.run).toBeGreaterThan(100);
  expect(stage.simulator.counters().total.requests).toBe(0);
  const { operation } = await carriedOut(stage, await stage.call(route, { body }));
  expect(operation).toMatchObject({ state: "succeeded" });
  const rest = Object.values(stage.simulator.state.guests).filter(({ snapshots }) => "auto-1" in snapshots);
  expect(rest).toEqual([]);
});

test.each([
  [{ match: "auto-*" }, "/select"],
  [{ select: {}, match: "auto-*" }, "/select"],
  [{ select: { all: true } }, "/match"],
  [{ select: { all: true }, match: "a", olderThen: "1d" }, "/olderThen"],
])("400: %j; nothing is deleted, and Proxmox is never asked", async (body, pointer) => {
  const stage = await withSnapshots("auto-1");
  const answer = await changingNothing(stage, () => stage.call(route, { body }));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test("202: guests that safe mode keeps are left out, and audited each", async () => {
  const stage = await lab();
  await carriedOut(
    stage,
    await stage.call(Bulk, { body: { select: { vmids: [102, 107] }, name: "auto-1" } }),
  );
  stage.simulator.resetCounters();
  const { items } = await carriedOut(
    stage,
    await stage.call(route, { body: { select: { vmids: [102, 107] }, match: "auto-*" } }),
  );
  expect(items.map(({ vm, state, error }) => [vm.id, state, error?.code ?? null])).toEqual([
    ["main/102", "succeeded", null],
    ["main/107", "skipped", "safe-mode.refused"],
  ]);
  expect(await auditOf(stage, { target: "main/107", action: "snapshot.delete" })).toMatchObject([
    { decision: "refused", outcome: "skipped" },
  ]);
});
