import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/bulk/snapshots.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { withCluster } from "../clusters/stage.ts";

const route = { spec };
const prod = { tags: "env-prod" };
const POST = "POST /nodes/{node}/qemu/{vmid}/snapshot";

/** The most tasks of one kind that ran at once anywhere, by their own times. */
function atOnce(stage: Lab, type: string): number {
  const tasks = Object.values(stage.simulator.state.tasks).filter((task) => task.type === type);
  const running = (at: number) =>
    tasks.filter((task) => task.starttime <= at && at < (task.endtime ?? Infinity));
  return Math.max(0, ...tasks.map((task) => running(task.starttime).length));
}

test.for([
  [1, 1],
  [2, 2],
  ["25%", 2],
  ["1%", 1],
] as const)(
  "202: maxConcurrency %s of nine: never more than %i tasks run at once, on all nodes together",
  async ([maxConcurrency, most]) => {
    const stage = await lab({ speed: 0.5 });
    const body = { select: prod, maxConcurrency };
    const { operation } = await carriedOut(stage, await stage.call(route, { body }));
    expect(operation.progress).toMatchObject({ succeeded: 9 });
    expect(atOnce(stage, "qmsnapshot")).toBeLessThanOrEqual(most);
    expect(atOnce(stage, "qmsnapshot")).toBeGreaterThan(0);
  },
);

test("202: without a limit of its own an operation stays below the cap of each node", async () => {
  const stage = await lab({ guests: 48, speed: 0.2 });
  await carriedOut(stage, await stage.call(route, { body: { select: { all: true } } }));
  const { peak } = stage.simulator.counters();
  for (const most of Object.values(peak)) expect(most).toBeLessThanOrEqual(stage.world.settings.nodeCap);
});

test("202: more failures than maxErrors, and no new item starts; the others are cancelled and say why", async () => {
  const stage = await lab();
  const answer = { status: 500, reason: "storage 'nfs' is not online" };
  stage.simulator.faults.add({ match: { method: "POST" }, do: "answer", ...answer });
  const body = { select: prod, maxConcurrency: 1, maxErrors: 2 };
  const { operation, items } = await carriedOut(stage, await stage.call(route, { body }));
  expect(operation).toMatchObject({ state: "failed", progress: { failed: 3, cancelled: 6, succeeded: 0 } });
  expect(writesTo(stage)[POST] ?? 0).toBeLessThanOrEqual(3);
  const cancelled = items.filter((item) => item.state === "cancelled");
  expect(cancelled.every((item) => item.reason === "more than 2 items failed")).toBe(true);
});

test("202: some failures within maxErrors leave the operation partial, the others done", async () => {
  const stage = await lab();
  const answer = { status: 500, reason: "the storage is broken" };
  stage.simulator.faults.add({ match: { method: "POST", vmid: 103 }, do: "answer", ...answer });
  const { operation, items } = await carriedOut(
    stage,
    await stage.call(route, { body: { select: prod, maxErrors: 1 } }),
  );
  expect(operation).toMatchObject({ state: "partial", progress: { failed: 1, succeeded: 8 } });
  const failed = items.find((item) => item.state === "failed");
  expect(failed).toMatchObject({ vm: { id: "main/103" }, error: { code: "proxmox.refused" } });
  expect(failed?.error?.detail).toContain("the storage is broken");
});

test("202: more guests than fit one transaction are all done, once each", async () => {
  const stage = await lab({ guests: 240, speed: 10 });
  const { operation, items } = await carriedOut(
    stage,
    await stage.call(route, { body: { select: { tags: "env-prod" } } }),
  );
  expect(operation).toMatchObject({ state: "succeeded", progress: { total: 90, succeeded: 90 } });
  expect(new Set(items.map((item) => item.vm.id)).size).toBe(90);
});

test("503: a cluster that cannot be asked: nothing is begun, rather than half of what was meant", async () => {
  const stage = await lab();
  const { call } = await withCluster(stage, "far", "silent");
  const answer = await changingNothing(stage, () => call(route, { body: { select: prod } }));
  expect(answer).toMatchObject({ status: 503, json: { code: "selector.incomplete", retryable: true } });
});

test("202: a silent cluster that the selector does not mean is in nobody's way", async () => {
  const stage = await lab();
  const { call } = await withCluster(stage, "far", "silent");
  const select = { clusters: ["main"], tags: "env-prod" };
  const { operation } = await carriedOut(stage, await call(route, { body: { select } }));
  expect(operation.progress).toMatchObject({ succeeded: 9 });
  const both = [select, { clusters: ["far"], all: true }];
  expect((await call(route, { body: { select: both } })).status).toBe(503);
});
