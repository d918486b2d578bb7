import { expect, test } from "vitest";
import * as BackupRoute from "../../../functions/api/vms/backups/create.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { engine } from "../../kit/engine.ts";
import { Operation } from "../../kit/shape.ts";

async function backUp(b: Bench): Promise<string> {
  const path = { cluster: "main", vmid: 102 };
  const answer = await b.call(BackupRoute, { path, body: { storage: "backup" } });
  return Operation.parse(answer.json).id;
}

const POST = { method: "POST", path: "/nodes/*/vzdump", times: 1 };

test("a backup that goes on although no list shows its task is not taken for one that never began", async () => {
  const b = await bench({ speed: 0.1 });
  b.simulator.faults.add({ match: POST, do: "cut-after" });
  const lists = { method: "GET", path: "/nodes/{node}/tasks", times: 6 };
  b.simulator.faults.add({ match: lists, do: "answer", status: 200, reason: "OK", body: '{"data":[]}' });
  const id = await backUp(b);
  await b.live(id);
  expect(await b.item(id)).toMatchObject({ state: "succeeded", attempts: 1 });
  expect(b.requests("POST", "/vzdump")).toBe(1);
});

test("F41: a backup whose answer got lost is found while it runs, although the clock of its worker was ahead", async () => {
  const b = await bench({ speed: 0.1 });
  b.simulator.faults.add({ match: POST, do: "cut-after" });
  const id = await backUp(b);
  const clock = { ...b.clock, now: () => new Date(b.clock.now().getTime() + 120_000) };
  await engine({ ...b.broken.world, clock }, b).run(500);
  expect(await b.item(id)).toMatchObject({ state: "intent" });
  await b.live(id);
  expect(await b.item(id)).toMatchObject({ state: "succeeded", attempts: 1 });
  expect(b.requests("POST", "/vzdump")).toBe(1);
});
