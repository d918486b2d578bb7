import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/operations/items.ts";
import { lab } from "../../../kit/lab.ts";
import { Item, List } from "../../../kit/shape.ts";
import { begun } from "./stage.ts";

const route = { spec };
const VMIDS = [101, 102, 103, 104, 105, 106, 107, 108];

test.for([
  ["1", {}],
  ["3", {}],
  ["8", {}],
  ["2", { state: "succeeded" }],
  ["3", { state: "skipped" }],
] as const)("200: pages of %s cover each item exactly once, %j", async ([limit, filter]) => {
  const stage = await lab({ mode: "strict" });
  const { id } = await begun(stage, VMIDS);
  await stage.settle(id);
  const seen: string[] = [];
  let query: Record<string, string> = { limit, ...filter };
  for (let pages = 0; pages < 12; pages++) {
    const answer = await stage.call(route, { path: { operation: id }, query });
    const list = List(Item).parse(answer.json);
    seen.push(...list.items.map((item) => item.vm.id));
    if (list.nextCursor === null) break;
    query = { limit, ...filter, cursor: list.nextCursor };
  }
  const wanted = "state" in filter ? 4 : 8;
  expect(seen.length).toBe(wanted);
  expect(new Set(seen).size).toBe(wanted);
});

test("200: an item says guest, task and times; a skipped one says why", async () => {
  const stage = await lab({ mode: "strict" });
  const { id } = await begun(stage, [102, 105]);
  await stage.settle(id);
  const { items } = List(Item).parse((await stage.call(route, { path: { operation: id } })).json);
  expect(items).toMatchObject([
    { id: `${id}/0`, vm: { id: "main/102", name: "web-2" }, state: "succeeded", error: null },
    { id: `${id}/1`, state: "skipped", upid: null, error: { code: "safe-mode.refused" } },
  ]);
  expect(items[1]?.reason).toContain("owner tag");
});

test("200: filtered by state while the operation runs", async () => {
  const stage = await lab();
  const { id } = await begun(stage, [102, 104]);
  const of = async (state: string) => {
    const { json } = await stage.call(route, { path: { operation: id }, query: { state } });
    return List(Item).parse(json).items.length;
  };
  expect(await of("queued")).toBe(2);
  await stage.settle(id);
  expect([await of("queued"), await of("succeeded")]).toEqual([0, 2]);
});

test("400: an unknown state; 404: an unknown operation", async () => {
  const stage = await lab();
  const path = { operation: `op_${"0".repeat(26)}` };
  const bad = await stage.call(route, { path, query: { state: "asleep" } });
  expect(bad).toMatchObject({ status: 400, json: { errors: [{ pointer: "/state" }] } });
  expect(await stage.call(route, { path })).toMatchObject({
    status: 404,
    json: { code: "operation.missing" },
  });
});

test("200: a state that few items have is looked for page by page, and the cursor says that there is more", async () => {
  const stage = await lab();
  const { id } = await begun(stage, [102]);
  await stage.settle(id);
  const key = { pk: `op#${id}`, sk: "item#000000" };
  const row = stage.store.peek("History", key);
  for (let n = 1; n < 5100; n++) {
    const put = { ...row, ...key, sk: `item#${String(n).padStart(6, "0")}`, n };
    await stage.store.write([{ table: "History", put: n === 5050 ? { ...put, state: "failed" } : put }]);
  }
  const ask = async (query: Record<string, string>) =>
    List(Item).parse((await stage.call(route, { path: { operation: id }, query })).json);
  const one = await ask({ state: "failed" });
  expect(one.items).toEqual([]);
  const two = await ask({ state: "failed", cursor: one.nextCursor ?? "" });
  expect([two.items.map((item) => item.id), two.nextCursor]).toEqual([[`${id}/5050`], null]);
});
