import { expect, test } from "vitest";
import { systemContext } from "../../../core/context.ts";
import { accept } from "../../../core/operation/index.ts";
import { loadItem } from "../../../core/operation/item.ts";
import { turn } from "../../../core/operation/turn.ts";
import { ACTIONS } from "../../../core/snapshot/index.ts";
import { find } from "../../../core/inventory/index.ts";
import * as RemoveAll from "../../../functions/api/bulk/snapshots/delete.ts";
import * as Create from "../../../functions/api/vms/snapshots/create.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing } from "../../kit/proof.ts";
import { Problem } from "../../kit/shape.ts";

const path = { cluster: "main", vmid: 102 };

/** Gives a guest so many snapshots with names of 40 characters. */
function crowd(stage: Lab, count: number) {
  const names = Array.from({ length: count }, (_, n) => `old-${String(n).padStart(36, "x")}`);
  const all = names.map((name, n) => [name, { config: {}, snaptime: 1_600_000_000 + n }]);
  Object.assign(stage.simulator.state.guests[102]?.snapshots ?? {}, Object.fromEntries(all));
}

/** Accepts the deletion of what a pattern will mean when it is its turn. */
async function order(stage: Lab) {
  const guest = await find(stage.world, "main", 102);
  const pattern = { match: "old-*", before: stage.clock.now().toISOString() };
  const item = {
    vm: { id: guest.id, name: guest.name, node: guest.node },
    action: "snapshot.delete",
    willRun: true,
    because: "old",
    code: null,
    detail: { targets: null, pattern, own: true },
  };
  const ctx = systemContext(stage.world, "test", "req_test");
  const what = { kind: "snapshot.expire", action: ACTIONS.delete, target: "old", input: {} };
  return stage.clock.until(accept(ctx, { ...what, tasks: [{ guest, item }], bulk: true, override: false }));
}

async function expectFree(stage: Lab) {
  const nodes = await stage.store.query({ table: "Runtime", pk: "node#main" });
  expect(nodes.flatMap((row) => row["running"])).toEqual([]);
  const next = await carriedOut(stage, await stage.call(Create, { path, body: { name: "next" } }));
  expect(next.operation.state).toBe("succeeded");
}

test("B1: what an item has to keep is larger than a row: it fails as such, and lets its guest and its slot go", async () => {
  const stage = await lab();
  crowd(stage, 6000);
  const { id } = await order(stage);
  await stage.settle(id);
  expect(await loadItem(stage.world, id, 0)).toMatchObject({
    state: "failed",
    error: { code: "operation.unwritable" },
  });
  await expectFree(stage);
});

test("B1: an end that can never be stored is told in fewer words, and the ends beside it are not lost", async () => {
  const stage = await lab();
  crowd(stage, 3);
  const ids = [await order(stage), await order(stage)].map(({ id }) => id);
  const items = (await Promise.all(ids.map((id) => loadItem(stage.world, id, 0)))).filter(
    (one) => one !== undefined,
  );
  const results = [{ deleted: ["x".repeat(500_000)] }, { deleted: ["a"] }];
  const endings = items.map((item, index) => ({
    item,
    ending: { state: "succeeded" as const, ...(results[index] ? { result: results[index] } : {}) },
  }));
  const { settled } = await stage.clock.until(turn(stage.world, items[0]?.lane ?? "", { endings }));
  expect(settled).toHaveLength(2);
  const [large, small] = await Promise.all(ids.map((id) => loadItem(stage.world, id, 0)));
  expect(large).toMatchObject({ state: "failed", error: { code: "operation.unwritable" }, detail: {} });
  expect(large?.reason).toContain("it ended as succeeded");
  expect(small).toMatchObject({ state: "succeeded", result: { deleted: ["a"] } });
  const rows = await auditOf(stage, { target: "main/102" });
  expect(rows.map(({ outcome }) => outcome).toSorted()).toEqual(["failed", "succeeded"]);
});

test("B1: 400: a plan for one guest that is larger than a row; nothing is begun", async () => {
  const stage = await lab({ mode: "off" });
  crowd(stage, 6000);
  const body = { select: { vmids: [102] }, match: "old-*" };
  const answer = await changingNothing(stage, () => stage.call(RemoveAll, { body }));
  expect(answer.status).toBe(400);
  expect(Problem.parse(answer.json).errors).toMatchObject([{ pointer: "/select", code: "too_big" }]);
});
