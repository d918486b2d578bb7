import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/tags/vms.ts";
import { lab } from "../../../kit/lab.ts";
import { List, Vm } from "../../../kit/shape.ts";

const route = { spec };

test("200: the guests that carry the tag, whatever its case, and none that carries a longer one", async () => {
  const stage = await lab();
  for (const tag of ["role-db", "ROLE-DB"]) {
    const answer = await stage.call(route, { path: { tag } });
    expect(answer.status).toBe(200);
    const { items } = List(Vm).parse(answer.json);
    expect(items.map(({ id }) => id)).toEqual(["main/103", "main/106"]);
  }
  expect(List(Vm).parse((await stage.call(route, { path: { tag: "role" } })).json).items).toEqual([]);
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test("200: pages go on where the last one ended", async () => {
  const stage = await lab();
  const first = List(Vm).parse(
    (await stage.call(route, { path: { tag: "env-prod" }, query: { limit: "5" } })).json,
  );
  const query = { limit: "5", cursor: first.nextCursor ?? "" };
  const second = List(Vm).parse((await stage.call(route, { path: { tag: "env-prod" }, query })).json);
  expect([first.items.length, second.items.length, second.nextCursor]).toEqual([5, 4, null]);
});

test("400: a star is no tag here", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { path: { tag: "env-*" } });
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/tag" }] } });
});
