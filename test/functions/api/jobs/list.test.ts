import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/jobs/list.ts";
import { lab } from "../../../kit/lab.ts";
import { Job, List } from "../../../kit/shape.ts";
import { made } from "./stage.ts";

const route = { spec };

test("200: all jobs, oldest first; pages cover each exactly once; filtered by kind", async () => {
  const stage = await lab();
  const names = ["one", "two", "three"];
  for (const name of names) {
    await made(stage, { name });
    await stage.clock.advance(1000);
  }
  await made(stage, { name: "off", kind: "power", params: { action: "stop" } });
  const seen: string[] = [];
  let query: Record<string, string> = { limit: "3" };
  for (let pages = 0; pages < 5; pages++) {
    const answer = await stage.call(route, { query });
    const list = List(Job).parse(answer.json);
    seen.push(...list.items.map(({ name }) => name));
    if (list.nextCursor === null) break;
    expect(answer.headers["link"]).toContain(list.nextCursor);
    query = { limit: "3", cursor: list.nextCursor };
  }
  expect(seen).toEqual([...names, "off"]);
  const power = List(Job).parse((await stage.call(route, { query: { kind: "power" } })).json);
  expect(power.items.map(({ name }) => name)).toEqual(["off"]);
});

test("400: an unknown kind", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { query: { kind: "haircut" } });
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/kind" }] } });
});
