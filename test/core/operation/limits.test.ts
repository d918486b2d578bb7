import { expect, test } from "vitest";
import { effects } from "../../../core/work/index.ts";
import * as Operation from "../../../core/operation/index.ts";
import { bench } from "../../kit/bench.ts";
import { writesState } from "../../kit/breaking.ts";
import { invariants } from "../../kit/invariants.ts";

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

test("F61: a small operation starts within a minute although a large one waits in front of it", async () => {
  const b = await bench({ guests: 500 });
  const vmids = able(b);
  const large = await b.snapshots(vmids.slice(0, 400));
  await b.run(20_000);
  const small = await b.snapshots(vmids.slice(400, 405));
  await b.run(60_000);
  expect((await b.items(small)).map((item) => item.startedAt)).not.toContain(null);
  expect(count(await b.items(large), "queued")).toBeGreaterThan(0);
  await b.live(large);
  for (const id of [large, small]) expect(states(await invariants(b, id))).toEqual(["succeeded"]);
});

test("F62: what must never be done twice ends as unknown when its answer is lost, with no second request", async () => {
  const b = await bench();
  const taking = effects["snapshot.create"];
  if (!taking) throw new Error("no effect");
  const once = { ...effects, "snapshot.create": { ...taking, repeatable: false } };
  b.broken.on(writesState("intent"), "after");
  const id = await b.snapshots([101]);
  b.queues.purge("Item");
  const work = (seen: number) =>
    b.clock.until(Operation.work(b.broken.world, { v: 1, kind: "item", operation: id, n: 0, seen }, once));
  await expect(work(0)).rejects.toThrow("killed");
  await b.clock.advance(120_000);
  await work(1);
  expect(await b.item(id)).toMatchObject({ state: "unknown", error: { code: "proxmox.no-answer" } });
  await b.live(id);
  await invariants(b, id);
  expect(b.requests("POST", "/snapshot")).toBe(0);
});
