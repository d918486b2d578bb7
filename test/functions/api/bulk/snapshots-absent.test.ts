import * as z from "zod";
import { expect, test } from "vitest";
import * as Snapshots from "../../../../functions/api/bulk/snapshots.ts";
import * as Get from "../../../../functions/api/operations/get.ts";
import * as Items from "../../../../functions/api/operations/items.ts";
import { lab } from "../../../kit/lab.ts";

const Accepted = z.object({ id: z.string(), startedAt: z.string().nullable() });
const List = z.object({ items: z.array(z.looseObject({ state: z.string() })) });

test("202: a guest that is named and does not exist is an item that says so, not silence", async () => {
  const { call, settle } = await lab();
  const body = { select: { clusters: ["main"], vmids: [102, 777] } };
  const { id } = Accepted.parse((await call(Snapshots, { body })).json);
  await settle(id);
  const { items } = List.parse((await call(Items, { path: { operation: id } })).json);
  expect(items).toMatchObject([
    { vm: { id: "main/102" }, state: "succeeded" },
    {
      vm: { id: "main/777" },
      state: "skipped",
      error: { code: "vm.missing" },
      reason: "there is no guest main/777",
    },
  ]);
  const done = await call(Get, { path: { operation: id } });
  expect(done.json).toMatchObject({ state: "succeeded", progress: { total: 2, succeeded: 1, skipped: 1 } });
});

test("202: an operation has not started when it is accepted, and says since when it runs afterwards", async () => {
  const { call, settle } = await lab();
  const accepted = Accepted.parse((await call(Snapshots, { body: { select: { vmids: [102] } } })).json);
  expect(accepted.startedAt).toBeNull();
  await settle(accepted.id);
  const done = Accepted.parse((await call(Get, { path: { operation: accepted.id } })).json);
  expect(done.startedAt).toMatch(/^2026-11-23T12:00/);
});
