import { expect, test } from "vitest";
import * as Run from "../../../../functions/api/jobs/run.ts";
import * as Start from "../../../../functions/api/vms/start.ts";
import { spec } from "../../../../functions/api/operations/list.ts";
import { caller } from "../../../kit/caller.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { List, Operation } from "../../../kit/shape.ts";
import { made } from "../jobs/stage.ts";
import { begun } from "./stage.ts";

const route = { spec };

const listed = async (stage: Lab, query: Record<string, string> = {}) =>
  List(Operation).parse((await stage.call(route, { query })).json);

const ids = async (stage: Lab, query: Record<string, string>) =>
  (await listed(stage, query)).items.map(({ id }) => id);

test("200: newest first, filtered by state, kind, actor and job", async () => {
  const stage = await lab();
  const operator = await stage.addKey("operator");
  const first = await begun(stage);
  await stage.settle(first.id);
  const second = await begun(stage, [104], operator);
  await stage.clock.advance(1000);
  const path = { cluster: "main", vmid: 110 };
  const third = Operation.parse((await stage.call(Start, { path })).json);
  await stage.clock.advance(1000);
  const job = await made(stage, { select: { vmids: [103] } });
  const fourth = Operation.parse((await stage.call(Run, { path: { job: job.id } })).json);
  expect(await ids(stage, {})).toEqual([fourth.id, third.id, second.id, first.id]);
  expect(await ids(stage, { state: "succeeded" })).toEqual([first.id]);
  expect(await ids(stage, { state: "running", kind: "bulk.snapshot" })).toEqual([fourth.id, second.id]);
  expect(await ids(stage, { kind: "vm.start" })).toEqual([third.id]);
  expect(await ids(stage, { actor: second.actor })).toEqual([second.id]);
  expect(await ids(stage, { jobId: job.id })).toEqual([fourth.id]);
});

test.for([
  ["1", {}],
  ["3", {}],
  ["7", {}],
  ["2", { kind: "bulk.snapshot" }],
] as const)("200: pages of %s cover every operation exactly once, %j", async ([limit, filter]) => {
  const stage = await lab();
  const wanted: string[] = [];
  for (let count = 0; count < 7; count++) {
    wanted.unshift((await begun(stage)).id);
    await stage.clock.advance(10);
  }
  const seen: string[] = [];
  let query: Record<string, string> = { limit, ...filter };
  for (let pages = 0; pages < 10; pages++) {
    const list = await listed(stage, query);
    seen.push(...list.items.map(({ id }) => id));
    if (list.nextCursor === null) break;
    query = { limit, ...filter, cursor: list.nextCursor };
  }
  expect(seen).toEqual(wanted);
});

test("400: an unknown state and an unknown filter", async () => {
  const stage = await lab();
  const state = await stage.call(route, { query: { state: "asleep" } });
  expect(state).toMatchObject({ status: 400, json: { errors: [{ pointer: "/state" }] } });
  const filter = await stage.call(route, { query: { colour: "red" } });
  expect(filter).toMatchObject({ status: 400, json: { errors: [{ pointer: "/colour" }] } });
});

test("200: an index that lags shows no operation in a state that it has left", async () => {
  const stage = await lab();
  const { id } = await begun(stage);
  await stage.run(1000);
  const query = { table: "History", index: "byTime", pk: "operation", reverse: true } as const;
  const old = await stage.store.query(query);
  await stage.settle(id);
  const lagging: typeof stage.store.query = async (wanted) =>
    wanted.index ? old : stage.store.query(wanted);
  const late = { ...stage.world, store: { ...stage.world.store, query: lagging } };
  const { call } = caller(late, stage.clock, stage.admin);
  const shown = async (state: string) =>
    List(Operation)
      .parse((await call(route, { query: { state } })).json)
      .items.map((item) => item.state);
  expect(old).toMatchObject([{ id, state: "open" }]);
  expect([await shown("running"), await shown("succeeded")]).toEqual([[], ["succeeded"]]);
});

test("200: a filter that fits few is looked for page by page, and the cursor says that there is more", async () => {
  const stage = await lab();
  const first = await begun(stage);
  await stage.settle(first.id);
  const row = stage.store.peek("History", { pk: `op#${first.id}`, sk: "operation" });
  for (let n = 0; n < 1100; n++) {
    const id = `op_7${String(n).padStart(25, "0")}`;
    const put = { ...row, pk: `op#${id}`, sk: "operation", id, gsk: id, state: "failed" };
    await stage.store.write([{ table: "History", put }]);
  }
  const one = await listed(stage, { state: "succeeded" });
  expect(one.items).toEqual([]);
  const two = await listed(stage, { state: "succeeded", cursor: one.nextCursor ?? "" });
  expect([two.items.map(({ id }) => id), two.nextCursor]).toEqual([[first.id], null]);
});
