import { expect, test } from "vitest";
import { connect } from "../../../core/cluster/index.ts";
import { power } from "../../../core/proxmox/index.ts";
import * as StartRoute from "../../../functions/api/vms/start.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { writesState } from "../../kit/breaking.ts";
import { Operation } from "../../kit/shape.ts";
import { checked, clone, kept, madeBy } from "./clones.ts";

const TEMPLATE = 9000;
const post = { method: "POST", path: "/nodes/*/clone" };

const clonesAt = (b: Bench) =>
  Object.values(b.simulator.state.tasks).filter(
    ({ type, endtime }) => type === "qmclone" && endtime === undefined,
  ).length;

/** The most clones at once, while the operations run to their end. */
async function peak(b: Bench, ids: readonly string[]): Promise<number> {
  let most = 0;
  for (let seconds = 0; seconds < 3600; seconds++) {
    most = Math.max(most, clonesAt(b));
    await b.run(1000);
    const rows = await Promise.all(
      ids.map((id) => b.store.get("History", { pk: `op#${id}`, sk: "operation" })),
    );
    if (rows.every((row) => row?.["state"] !== "open")) return most;
  }
  throw new Error("the clones have not ended after an hour");
}

test("a clone has the words of its source in its notes, and a line that names the item", async () => {
  const b = await bench({ mode: "off" });
  Object.assign(b.simulator.state.guests[TEMPLATE]?.config ?? {}, { description: "for all\nof us\n" });
  const first = await clone(b, TEMPLATE, { name: "copy-1" });
  await b.live(first);
  const { result } = await checked(b, first);
  const source = Number(result?.["vmid"]);
  const notes = (vmid: unknown) => b.simulator.state.guests[Number(vmid)]?.config.description;
  expect(notes(source)).toBe(`for all\nof us\nmoxxie=${first}/0`);
  const second = await clone(b, source);
  await b.live(second);
  expect(notes((await checked(b, second)).result?.["vmid"])).toBe(`for all\nof us\nmoxxie=${second}/0`);
  const third = await clone(b, source, { description: "my own" });
  await b.live(third);
  expect(notes((await checked(b, third)).result?.["vmid"])).toBe(`my own\nmoxxie=${third}/0`);
});

test.each([TEMPLATE, 102, 203])(
  "%i: an answer that is lost after the request is found again by the notes",
  async (vmid) => {
    const b = await bench({ mode: "off" });
    b.simulator.faults.add({ match: { ...post, times: 1 }, do: "cut-after" });
    const id = await clone(b, vmid);
    await b.live(id);
    expect(await checked(b, id)).toMatchObject({ state: "succeeded", attempts: 1 });
    expect(b.requests("POST", "/clone")).toBe(1);
  },
);

test("a request that never arrived is sent again with the same VMID, but not before it is sure", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...post, times: 1 }, do: "cut-before" });
  const id = await clone(b, TEMPLATE);
  await b.run(10_000);
  expect(await kept(b)).toEqual([100]);
  await b.live(id);
  const item = await checked(b, id);
  expect(item).toMatchObject({ state: "succeeded", result: { vmid: 100 } });
  expect(b.requests("POST", "/clone")).toBe(2);
  expect(Date.parse(item.sentAt ?? "") - Date.parse(item.startedAt ?? "")).toBeGreaterThanOrEqual(45_000);
});

test("a clone that somebody else locks as soon as it is there is not told as half made", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...post, times: 1 }, do: "cut-after" });
  const id = await clone(b, TEMPLATE);
  await b.run(20_000);
  const copy = b.simulator.state.guests[100];
  Object.assign(copy ?? {}, { lock: "backup" });
  await b.live(id);
  delete copy?.lock;
  expect(await checked(b, id)).toMatchObject({ state: "succeeded", result: { vmid: 100 } });
});

test("of two clones of one template whose answers are lost, each is found, and none is made twice", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...post, times: 2 }, do: "cut-after" });
  const ids = await Promise.all([clone(b, TEMPLATE), clone(b, TEMPLATE)]);
  for (const id of ids) await b.live(id);
  for (const id of ids) expect(await checked(b, id)).toMatchObject({ state: "succeeded" });
  expect(b.requests("POST", "/clone")).toBe(2);
});

test("one clone's lost request is not taken for done because another clone of the template is", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...post, times: 1 }, do: "cut-before" });
  const ids = await Promise.all([clone(b, TEMPLATE, { full: true }), clone(b, TEMPLATE, { full: true })]);
  for (const id of ids) await b.live(id);
  const items = await Promise.all(ids.map((id) => checked(b, id)));
  expect(items.map(({ state }) => state)).toEqual(["succeeded", "succeeded"]);
  expect(b.requests("POST", "/clone")).toBe(3);
});

test.each(["before", "after"] as const)(
  "a worker that dies %s its intent leaves one guest and no VMID kept",
  async (when) => {
    const b = await bench();
    b.broken.on(writesState("intent"), when);
    const id = await clone(b, TEMPLATE);
    await b.live(id);
    expect(await checked(b, id)).toMatchObject({ state: "succeeded", result: { vmid: 100 } });
    expect(b.requests("POST", "/clone")).toBe(1);
  },
);

test("two clones at once of one template and onto one storage, however many are asked for", async () => {
  const b = await bench({ mode: "off" });
  const ids = await Promise.all([1, 2, 3, 4, 5].map(() => clone(b, TEMPLATE, { full: true })));
  expect(await peak(b, ids)).toBe(2);
  await b.run(300_000);
  for (const id of ids) expect(await checked(b, id)).toMatchObject({ state: "succeeded" });
  // Of several sources, the storage that they are all copied to is what they share.
  const sources = [102, 104, 107, 110].map((vmid) => clone(b, vmid, { full: true, storage: "nfs" }));
  const others = await Promise.all(sources);
  expect(await peak(b, others)).toBe(2);
  await b.run(300_000);
  for (const id of others) expect(await checked(b, id)).toMatchObject({ state: "succeeded" });
});

test("a guest that is no template is copied by one clone at a time, and started only afterwards", async () => {
  const b = await bench();
  const ids = await Promise.all([clone(b, 110), clone(b, 110)]);
  const answer = await b.call(StartRoute, { path: { cluster: "main", vmid: 110 } });
  const start = Operation.parse(answer.json).id;
  expect(await peak(b, [...ids, start])).toBe(1);
  await b.run(300_000);
  for (const id of ids) expect(await checked(b, id)).toMatchObject({ state: "succeeded" });
  expect(await b.item(start)).toMatchObject({ state: "succeeded" });
});

test("a clone that Proxmox gave up says so and leaves no guest; nothing is deleted by us", async () => {
  const b = await bench();
  b.simulator.inflict({ do: "storage-full", storage: "nfs" });
  const id = await clone(b, 102, { storage: "nfs" });
  await b.live(id);
  const item = await checked(b, id);
  expect(item).toMatchObject({ state: "failed", error: { code: "task.failed" } });
  expect(item.reason).toContain("No space left");
  expect(b.requests("DELETE", "")).toBe(0);
});

test("a clone that a reboot cut off is told as half made, with what to do; it is left as it is", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...post, times: 1 }, do: "cut-after" });
  const id = await clone(b, TEMPLATE, { full: true });
  await b.run(3000);
  const node = b.simulator.state.guests[TEMPLATE]?.node ?? "";
  b.simulator.inflict({ do: "reboot", node });
  await b.live(id);
  const item = await b.item(id);
  expect(item).toMatchObject({ state: "failed", error: { code: "task.interrupted" } });
  expect(item.reason).toContain(`on ${node} run: qm unlock 100; qm destroy 100`);
  expect(b.simulator.state.guests[100]?.lock).toBe("clone");
  expect([await kept(b), madeBy(b, id)]).toEqual([[], []]);
  expect(b.requests("DELETE", "")).toBe(0);
});

test("a clone to another node appears there", async () => {
  const b = await bench();
  const id = await clone(b, 103, { node: "pve1", name: "db-9", storage: "nfs" });
  await b.live(id);
  const item = await checked(b, id);
  expect(item).toMatchObject({ state: "succeeded", result: { vmid: 100, node: "pve1" } });
  expect(b.simulator.state.guests[100]).toMatchObject({ node: "pve1", config: { name: "db-9" } });
  const proxmox = await connect(b.world, "main");
  const upid = power(proxmox, { node: "pve1", type: "qemu", vmid: 100 }, "start");
  expect(await b.clock.until(upid)).toContain("qmstart");
});

test("a copy that may not be given the owner tag stays, and its item says what it lacks", async () => {
  const b = await bench();
  const match = { method: "PUT", path: "/nodes/*/config" };
  b.simulator.faults.add({ match, do: "answer", status: 403, reason: "Permission check failed" });
  const id = await clone(b, TEMPLATE);
  await b.live(id);
  const item = await checked(b, id);
  expect(item).toMatchObject({ state: "succeeded", result: { vmid: 100 } });
  expect(item.warnings).toEqual([expect.stringContaining("does not carry the owner tag: ")]);
});
