import { expect, test } from "vitest";
import { NodeRow } from "../../../core/operation/node.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";

const SECOND = 1000;

/** Guests that can be snapshotted, on six nodes. */
async function underway(guests = 120) {
  const b = await bench({ guests, nodes: 6 });
  const able = Object.values(b.simulator.state.guests).filter(
    ({ config }) => !config.template && !JSON.stringify(config).includes('"nfs:'),
  );
  const id = await b.snapshots(able.map(({ vmid }) => vmid));
  return { ...b, id };
}

/** Seconds from the end of each task to that of its item, by Proxmox's whole seconds. */
async function delays(b: Bench, id: string): Promise<number[]> {
  const items = await b.items(id);
  return items.map(({ upid, finishedAt }) => {
    const end = b.simulator.state.tasks[upid ?? ""]?.endtime ?? Number.NaN;
    return Date.parse(finishedAt ?? "") / SECOND - end;
  });
}

async function leaders(b: Bench): Promise<string[]> {
  const rows = await b.store.query({ table: "Runtime", pk: "node#main" });
  return rows.filter((row) => NodeRow.parse(row).leads).map(({ sk }) => sk);
}

test("one watcher looks for all nodes, and the last end is known as soon as the first", async () => {
  const b = await underway();
  await b.run(8 * SECOND);
  expect(await leaders(b)).toHaveLength(1);
  await b.live(b.id);
  const ends = await delays(b, b.id);
  expect(Math.max(...ends)).toBeLessThan(6);
  expect(b.requests("GET", "/cluster/tasks")).toBeGreaterThan(10);
  expect(b.simulator.counters().total.requests / ends.length).toBeLessThan(1.6);
  await invariants(b, b.id);
  expect(await leaders(b)).toEqual([]);
});

test("when the watcher that leads is lost, another one leads within seconds", async () => {
  const b = await underway();
  await b.run(8 * SECOND);
  const [lost = ""] = await leaders(b);
  const lane = `main/${lost}`;
  b.broken.on(
    (deed) => deed.port === "send" && deed.queue === "Follow" && deed.bodies.join("").includes(lane),
    "before",
  );
  await b.live(b.id);
  const ends = await delays(b, b.id);
  const elsewhere = (await b.items(b.id)).flatMap(({ lane: own }, n) => (own === lane ? [] : [ends[n] ?? 0]));
  expect(Math.max(...elsewhere)).toBeLessThan(20);
  await invariants(b, b.id);
});

test("with a token that may not see the cluster's tasks nobody leads, and each node is asked", async () => {
  const b = await underway(60);
  const body = '{"data":[]}';
  b.simulator.faults.add({
    match: { path: "/cluster/tasks" },
    do: "answer",
    status: 200,
    reason: "OK",
    body,
  });
  await b.run(8 * SECOND);
  expect(await leaders(b)).toEqual([]);
  await b.live(b.id);
  expect(Math.max(...(await delays(b, b.id)))).toBeLessThan(20);
  await invariants(b, b.id);
});
