import { expect, test } from "vitest";
import * as RebootRoute from "../../../functions/api/vms/reboot.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { writesState } from "../../kit/breaking.ts";
import { invariants } from "../../kit/invariants.ts";
import { Operation as Shape } from "../../kit/shape.ts";

type Items = readonly { readonly state: string }[];
const states = (items: Items) => [...new Set(items.map((item) => item.state))].toSorted();
const count = (items: Items, state: string) => items.filter((item) => item.state === state).length;

const able = (b: Awaited<ReturnType<typeof bench>>) =>
  Object.values(b.simulator.state.guests)
    .filter((guest) => guest.config.template !== "1" && !guest.config.name?.startsWith("raw"))
    .map((guest) => guest.vmid);

test("F58: after too many failures the rest is cancelled, what runs ends, and the counts add up", async () => {
  const b = await bench({ guests: 200 });
  const match = { method: "POST", path: "/nodes/*/snapshot", nth: 20, times: 6 };
  b.simulator.faults.add({ match, do: "answer", status: 500, reason: "the storage is broken" });
  const vmids = able(b).slice(0, 150);
  const id = await b.snapshots(vmids, { maxErrors: 5 });
  await b.live(id);
  const items = await invariants(b, id);
  expect(count(items, "failed")).toBe(6);
  expect(count(items, "succeeded")).toBeGreaterThan(10);
  expect(count(items, "cancelled")).toBe(150 - 6 - count(items, "succeeded"));
  expect(b.requests("POST", "/snapshot")).toBe(6 + count(items, "succeeded"));
});

test("F58: a worker that dies while it cancels leaves nothing that still starts", async () => {
  for (const when of ["before", "after"] as const) {
    const b = await bench({ guests: 200 });
    const match = { method: "POST", path: "/nodes/*/snapshot", times: 3 };
    b.simulator.faults.add({ match, do: "answer", status: 500, reason: "the storage is broken" });
    b.broken.on((deed) => deed.port === "write" && JSON.stringify(deed).includes('"cancelled":40'), when);
    const id = await b.snapshots(able(b).slice(0, 170), { maxErrors: 2 });
    await b.live(id);
    const items = await invariants(b, id);
    expect(count(items, "failed")).toBe(3);
    expect(count(items, "cancelled")).toBeGreaterThan(140);
  }
});

test("an operation that limits its own concurrency keeps to it on all nodes together, and ends soon", async () => {
  const b = await bench();
  const vmids = able(b).slice(0, 12);
  const id = await b.snapshots(vmids, { maxConcurrency: 2 });
  const begun = b.clock.now().getTime();
  const pools = new Set<number>();
  const row = async () => {
    pools.add((await b.store.query({ table: "Runtime", pk: `slot#${id}` })).length);
    return (await b.store.get("History", { pk: `op#${id}`, sk: "operation" }))?.["state"] !== "open";
  };
  await b.run(3_600_000, row);
  expect((b.clock.now().getTime() - begun) / 1000).toBeLessThan(300);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(Math.max(...pools)).toBe(2);
});

const reboot = { method: "POST", path: "/nodes/*/status/reboot" };

/** Asks for a reboot of a guest that runs; the id of the operation. */
async function rebooting(b: Bench): Promise<string> {
  const { json } = await b.call(RebootRoute, { path: { cluster: "main", vmid: 102 } });
  return Shape.parse(json).id;
}

test.each(["cut-before", "worker"] as const)(
  "F62: a reboot whose answer is lost, and of which nothing is to be seen, ends as unknown and is not asked twice (%s)",
  async (how) => {
    const b = await bench({ mode: "off" });
    if (how === "worker") b.broken.on(writesState("intent"), "after");
    else b.simulator.faults.add({ match: { ...reboot, times: 1 }, do: "cut-before" });
    const id = await rebooting(b);
    await b.live(id);
    expect(await invariants(b, id)).toMatchObject([
      { state: "unknown", attempts: 1, error: { code: "proxmox.no-answer" }, reason: expect.any(String) },
    ]);
    expect(b.requests("POST", "/status/reboot")).toBe(how === "worker" ? 0 : 1);
  },
);

test("F62: a reboot whose answer is lost is told as what its task became, and not asked twice", async () => {
  const b = await bench({ mode: "off" });
  b.simulator.faults.add({ match: { ...reboot, times: 1 }, do: "cut-after" });
  const id = await rebooting(b);
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded", attempts: 1 }]);
  expect(b.requests("POST", "/status/reboot")).toBe(1);
});

test("F62: a worker that dies with the UPID of a reboot in its hand is replaced by one that does not ask again", async () => {
  const b = await bench({ mode: "off" });
  b.broken.on(writesState("sent"), "before");
  const id = await rebooting(b);
  await b.live(id);
  const [item] = await invariants(b, id);
  expect(["succeeded", "unknown"]).toContain(item?.state);
  expect(b.requests("POST", "/status/reboot")).toBe(1);
});
