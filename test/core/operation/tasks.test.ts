import { describe, expect, test } from "vitest";
import { bench, type Bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { rotate, running } from "../../kit/task.ts";

const NODE = { method: "GET", path: "/nodes/{node}/tasks" };
const CLUSTER = { method: "GET", path: "/cluster/tasks" };
const STATUS = { method: "GET", path: "/nodes/{node}/tasks/{upid}/status" };
const NOTHING = { do: "answer", status: 200, reason: "OK", body: '{"data":[]}' } as const;
const NO_SUCH_TASK = { do: "answer", status: 400, reason: "Parameter verification failed." } as const;

const states = (items: readonly { state: string }[]) => [...new Set(items.map((item) => item.state))];

/** What is chosen of each node, so that the looks are at one node or at the whole cluster. */
const PLACES = [
  { looks: "at one node", nodes: ["pve1"], wide: false },
  { looks: "at three nodes at once", nodes: ["pve1", "pve2", "pve3"], wide: true },
] as const;

function able(b: Bench, nodes: readonly string[]): number[] {
  const guests = Object.values(b.simulator.state.guests).filter(
    ({ config }) => config.template !== "1" && !config.name?.startsWith("raw"),
  );
  return nodes
    .flatMap((node) => guests.filter((guest) => guest.node === node).slice(0, 3))
    .map(({ vmid }) => vmid);
}

/** Places faults, and takes them away after so many milliseconds. */
function forAWhile(
  b: Bench,
  milliseconds: number,
  ...faults: Parameters<Bench["simulator"]["faults"]["add"]>[0][]
) {
  const ids = faults.map((fault) => b.simulator.faults.add(fault));
  void b.clock.sleep(milliseconds).then(() => ids.forEach((id) => b.simulator.faults.remove(id)));
}

/** Lets all tasks that run come to their end while nobody looks. */
async function unseen(b: Bench): Promise<void> {
  await b.run(100);
  expect(running(b, "snapshot").length).toBeGreaterThan(0);
  await b.clock.advance(60_000);
  expect(running(b, "snapshot")).toEqual([]);
}

describe.each(PLACES)("looks $looks", ({ nodes, wide }) => {
  /** That the looks were of the kind that is to be tested. */
  const looked = (b: Bench) => expect(b.requests("GET", "/cluster/tasks") > 0).toBe(wide);

  test("F11: a list that answers 599 is asked for again, the snapshot never", async () => {
    const b = await bench();
    const refusal = { do: "too-many-redirections" } as const;
    b.simulator.faults.add({ match: { ...NODE, times: 4 }, ...refusal });
    b.simulator.faults.add({ match: { ...CLUSTER, times: 4 }, ...refusal });
    const vmids = able(b, nodes);
    const id = await b.snapshots(vmids);
    await b.live(id);
    expect(states(await invariants(b, id))).toEqual(["succeeded"]);
    expect(b.requests("POST", "/snapshot")).toBe(vmids.length);
    looked(b);
  });

  test("F11: a status that answers 599 is asked for again, the snapshot never", async () => {
    const b = await bench();
    const vmids = able(b, nodes);
    for (const match of [NODE, CLUSTER]) b.simulator.faults.add({ match, ...NOTHING });
    b.simulator.faults.add({ match: { ...STATUS, times: 4 }, do: "too-many-redirections" });
    const id = await b.snapshots(vmids);
    await b.live(id);
    expect(states(await invariants(b, id))).toEqual(["succeeded"]);
    expect(b.requests("POST", "/snapshot")).toBe(vmids.length);
    looked(b);
  });

  test("F12: a task that no list shows, and whose status is 400, for 3 s after its start is waited for", async () => {
    const b = await bench();
    const vmids = able(b, nodes);
    forAWhile(
      b,
      3000,
      { match: NODE, ...NOTHING },
      { match: CLUSTER, ...NOTHING },
      { match: STATUS, ...NO_SUCH_TASK },
    );
    const id = await b.snapshots(vmids);
    await b.live(id);
    expect(await invariants(b, id)).toMatchObject(vmids.map(() => ({ state: "succeeded", attempts: 1 })));
    expect(b.requests("POST", "/snapshot")).toBe(vmids.length);
    looked(b);
  });

  test.each([
    ["with its snapshot there, a success", false, { state: "succeeded" }],
    ["without its snapshot, a failure", true, { state: "failed", error: { code: "task.interrupted" } }],
  ])("F13: a task whose log is gone is settled by what is there: %s", async (_, removed, end) => {
    const b = await bench();
    for (const match of [NODE, CLUSTER]) b.simulator.faults.add({ match, ...NOTHING });
    b.simulator.faults.add({ match: STATUS, ...NO_SUCH_TASK });
    const vmids = able(b, nodes);
    const id = await b.snapshots(vmids);
    await unseen(b);
    if (removed)
      for (const vmid of vmids) Object.assign(b.simulator.state.guests[vmid] ?? {}, { snapshots: {} });
    await b.live(id);
    expect(await invariants(b, id)).toMatchObject(vmids.map(() => end));
    expect(b.requests("POST", "/snapshot")).toBe(vmids.length);
    looked(b);
  });

  test("F14: tasks that 700 others pushed out of every list between two looks are asked for by their UPIDs", async () => {
    const b = await bench();
    const vmids = able(b, nodes);
    const id = await b.snapshots(vmids);
    await unseen(b);
    rotate(b, 700);
    await b.live(id);
    expect(states(await invariants(b, id))).toEqual(["succeeded"]);
    expect(b.requests("POST", "/snapshot")).toBe(vmids.length);
    // Each of several watchers that wake at the same moment may ask.
    expect(b.requests("GET", STATUS.path)).toBeGreaterThanOrEqual(vmids.length);
    expect(b.requests("GET", STATUS.path)).toBeLessThanOrEqual(vmids.length * nodes.length);
    looked(b);
  });

  test("F49: a task with warnings is a success that carries them", async () => {
    const b = await bench();
    const vmids = able(b, nodes);
    const id = await b.snapshots(vmids);
    await b.run(100);
    const tasks = running(b, "snapshot");
    await b.clock.advance(60_000);
    for (const task of tasks) task.exitstatus = "WARNINGS: 1";
    await b.live(id);
    const end = { state: "succeeded", warnings: ["WARNINGS: 1"], error: null };
    expect(await invariants(b, id)).toMatchObject(vmids.map(() => end));
    looked(b);
  });
});
