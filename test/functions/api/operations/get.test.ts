import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/operations/get.ts";
import { caller } from "../../../kit/caller.ts";
import { lab } from "../../../kit/lab.ts";
import { Operation } from "../../../kit/shape.ts";
import { begun } from "./stage.ts";

const route = { spec };
const sums = ({ total, ...parts }: Record<string, number>) =>
  [Object.values(parts).reduce((sum, part) => sum + part, 0), total] as const;

test("200: an operation moves from queued over running to succeeded, and its progress adds up all the way", async () => {
  const stage = await lab({ speed: 0.2 });
  const { id } = await begun(stage, [101, 102, 103, 104, 105, 106]);
  const seen: string[] = [];
  for (let look = 0; look < 300; look++) {
    const operation = Operation.parse((await stage.call(route, { path: { operation: id } })).json);
    const [sum, total] = sums(operation.progress);
    expect(sum).toBe(total);
    if (seen.at(-1) !== operation.state) seen.push(operation.state);
    if (operation.finishedAt !== null) break;
    await stage.run(1000);
  }
  expect(["queued running succeeded", "running succeeded"]).toContain(seen.join(" "));
});

test("202: as accepted it is queued; before any worker has done anything nothing runs", async () => {
  const stage = await lab();
  expect(await begun(stage, [101, 102])).toMatchObject({ state: "queued", finishedAt: null });
});

test("200: wait holds the answer until the operation has ended, or the time is over", async () => {
  const stage = await lab();
  const { id } = await begun(stage);
  const started = stage.clock.now().getTime();
  const early = await stage.call(route, { path: { operation: id }, query: { wait: "5s" } });
  expect(Operation.parse(early.json).finishedAt).toBeNull();
  expect(stage.clock.now().getTime() - started).toBe(5000);
  const sleep = (milliseconds: number) => stage.run(milliseconds);
  const busy = { ...stage.world, clock: { ...stage.world.clock, sleep } };
  const patient = caller(busy, { ...stage.clock, until: (promise) => promise }, stage.admin);
  const late = await patient.call(route, { path: { operation: id }, query: { wait: "25s" } });
  expect(Operation.parse(late.json).state).toBe("succeeded");
});

test("400: an id that is none, and a wait that is too long; 404: an unknown operation", async () => {
  const stage = await lab();
  const unknown = `op_${"0".repeat(26)}`;
  const bad = await stage.call(route, { path: { operation: "op_1" } });
  expect(bad).toMatchObject({ status: 400, json: { errors: [{ pointer: "/operation" }] } });
  const long = await stage.call(route, { path: { operation: unknown }, query: { wait: "26s" } });
  expect(long).toMatchObject({ status: 400, json: { errors: [{ pointer: "/wait" }] } });
  const missing = await stage.call(route, { path: { operation: unknown } });
  expect(missing).toMatchObject({ status: 404, json: { code: "operation.missing" } });
});

test("200: holding an answer reads little, however long it is held", async () => {
  const stage = await lab();
  const { id } = await begun(stage);
  let reads = 0;
  const get: typeof stage.world.store.get = (...given) => {
    reads += 1;
    return stage.world.store.get(...given);
  };
  const counted = { ...stage.world, store: { ...stage.world.store, get } };
  const { call } = caller(counted, stage.clock, stage.admin);
  await call(route, { path: { operation: id }, query: { wait: "25s" } });
  expect(reads).toBeLessThan(40);
});

test("200: beside its progress it says at what rate it goes on, when it ends and what it waits for", async () => {
  const stage = await lab({ speed: 0.1 });
  const { id } = await begun(stage, [101, 102]);
  await stage.run(5000);
  const { json } = await stage.call(route, { path: { operation: id } });
  expect(json).toMatchObject({ rate: null, eta: null, waitingFor: "nothing: 2 tasks run", retryOf: null });
});
