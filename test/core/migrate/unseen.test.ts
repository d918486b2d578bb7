import { expect, test } from "vitest";
import * as Migrate from "../../../functions/api/vms/migrate/post.ts";
import { bench } from "../../kit/bench.ts";
import { Operation } from "../../kit/shape.ts";

test("a migration that goes on although no list shows its task is not taken for one that never began", async () => {
  const b = await bench({ speed: 0.2 });
  const post = { method: "POST", path: "/nodes/*/migrate", times: 1 };
  b.simulator.faults.add({ match: post, do: "delay", milliseconds: 40_000 });
  const lists = { method: "GET", path: "/nodes/{node}/tasks", times: 6 };
  b.simulator.faults.add({ match: lists, do: "answer", status: 200, reason: "OK", body: '{"data":[]}' });
  const answer = await b.call(Migrate, { path: { cluster: "main", vmid: 102 }, body: { target: "pve3" } });
  const { id } = Operation.parse(answer.json);
  await b.live(id);
  expect(await b.item(id)).toMatchObject({ state: "succeeded", attempts: 1, result: { node: "pve3" } });
  expect(b.requests("POST", "/migrate")).toBe(1);
});
