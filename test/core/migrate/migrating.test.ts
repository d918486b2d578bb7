import { expect, test } from "vitest";
import * as Bulk from "../../../functions/api/bulk/migrate.ts";
import * as Migrate from "../../../functions/api/vms/migrate/post.ts";
import * as Cancel from "../../../functions/api/operations/cancel.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { writesState } from "../../kit/breaking.ts";
import { invariants } from "../../kit/invariants.ts";
import { Operation } from "../../kit/shape.ts";

const MINUTE = 60_000;
const guestOf = (b: Bench, vmid: number) => b.simulator.state.guests[vmid];

async function migrate(b: Bench, vmid: number, body: object): Promise<string> {
  const answer = await b.call(Migrate, { path: { cluster: "main", vmid }, body });
  expect(answer).toMatchObject({ status: 202 });
  return Operation.parse(answer.json).id;
}

const only = async (b: Bench, id: string) => (await invariants(b, id))[0];

test("an answer that got lost is settled by where the guest is, and nothing is moved twice", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { method: "POST" }, do: "cut-after" });
  const id = await migrate(b, 102, { target: "pve3" });
  await b.live(id);
  expect(await only(b, id)).toMatchObject({ state: "succeeded", attempts: 1, result: { node: "pve3" } });
  expect(b.requests("POST", "/migrate")).toBe(1);
  expect(guestOf(b, 102)?.node).toBe("pve3");
});

test("a request that never arrived is sent again, once it can no longer work", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { method: "POST", times: 1 }, do: "cut-before" });
  const id = await migrate(b, 102, { target: "pve3" });
  await b.live(id);
  expect(await only(b, id)).toMatchObject({ state: "succeeded" });
  expect(guestOf(b, 102)?.node).toBe("pve3");
});

test.for(["before", "after"] as const)(
  "a worker that dies %s it stored the UPID leaves one migration, which is found",
  async (when) => {
    const b = await bench();
    b.broken.on(writesState("sent"), when);
    const id = await migrate(b, 102, { target: "pve3" });
    await b.live(id);
    expect(await only(b, id)).toMatchObject({ state: "succeeded" });
    expect(b.requests("POST", "/migrate")).toBe(1);
  },
);

test("a migration that fails tells what its log says, and the guest runs where it was", async () => {
  const b = await bench();
  const id = await migrate(b, 102, { target: "pve3" });
  Object.assign(b.simulator.state.nodes["pve3"] ?? {}, { online: false });
  await b.live(id);
  expect(await only(b, id)).toMatchObject({
    state: "failed",
    error: { code: "task.failed", detail: expect.stringContaining("No route to host") },
    result: null,
  });
  expect(guestOf(b, 102)).toMatchObject({ node: "pve2", status: "running" });
});

test("a migration that ended with problems after the guest had come counts, with a warning", async () => {
  const b = await bench();
  const id = await migrate(b, 102, { target: "pve3" });
  await b.run(20_000, async () => guestOf(b, 102)?.node === "pve3");
  for (const task of Object.values(b.simulator.state.tasks))
    if (task.type === "qmigrate") {
      task.exitstatus = "migration problems";
      task.log.push("ERROR: migration finished with problems (duration 00:00:05)");
    }
  await b.live(id);
  expect(await only(b, id)).toMatchObject({
    state: "succeeded",
    warnings: [expect.stringContaining("problems")],
  });
});

test("a VM that ran and does not run where it came to is no success", async () => {
  const b = await bench();
  const id = await migrate(b, 102, { target: "pve3" });
  await b.run(20_000, async () => {
    const guest = guestOf(b, 102);
    if (guest?.node !== "pve3") return false;
    guest.status = "stopped";
    return true;
  });
  await b.live(id);
  expect(await only(b, id)).toMatchObject({ state: "failed", error: { code: "vm.unverified" } });
});

test("F18: a guest that somebody moved after the plan is moved from where it is; one that is there already is left", async () => {
  const b = await bench();
  Object.assign(guestOf(b, 102) ?? {}, { lock: "backup" });
  Object.assign(guestOf(b, 104) ?? {}, { lock: "backup" });
  const body = { select: { vmids: [102, 104] }, target: "pve3" };
  const id = Operation.parse((await b.call(Bulk, { body })).json).id;
  await b.run(30_000);
  for (const [vmid, node] of [
    [102, "pve1"],
    [104, "pve3"],
  ] as const) {
    const guest = guestOf(b, vmid);
    if (!guest) throw new Error("no guest");
    guest.node = node;
    delete guest.lock;
  }
  await b.live(id);
  const items = await invariants(b, id);
  expect(items.map(({ vm, state, error }) => [vm.id, state, error?.code])).toEqual([
    ["main/104", "skipped", "vm.there"],
    ["main/102", "succeeded", undefined],
  ]);
  expect(b.requests("POST", "/migrate")).toBe(1);
});

test("a guest that stays locked is waited for up to lockWait, and fails as locked", async () => {
  const b = await bench();
  Object.assign(guestOf(b, 102) ?? {}, { lock: "backup" });
  const id = await migrate(b, 102, { target: "pve3", lockWait: "2m" });
  await b.live(id);
  expect(await only(b, id)).toMatchObject({ state: "failed", error: { code: "vm.locked" } });
  expect(guestOf(b, 102)?.node).toBe("pve2");
});

test("cancelled with its task, a guest stays where it was, unlocked", async () => {
  const b = await bench();
  const id = await migrate(b, 102, { target: "pve3" });
  await b.run(1000, async () => guestOf(b, 102)?.lock === "migrate");
  await b.call(Cancel, { path: { operation: id }, body: { running: "stop" } });
  await b.live(id);
  expect(await only(b, id)).toMatchObject({ state: "cancelled" });
  expect(guestOf(b, 102)).toMatchObject({ node: "pve2", status: "running" });
  expect(guestOf(b, 102)?.lock).toBeUndefined();
});

/** A cluster whose HA manager has these guests. */
async function managed(sids: readonly string[]) {
  const b = await bench({ mode: "off" });
  const all = sids.map((sid) => [sid, { state: "started" }]);
  b.simulator.state.sections["ha-resources"] = Object.fromEntries(all);
  return b;
}

test("F48: a guest of HA has moved when it runs on its new node, not when HA's task says OK", async () => {
  const b = await managed(["vm:103"]);
  const id = await migrate(b, 103, { target: "pve1" });
  await b.run(5000);
  const asked = Object.values(b.simulator.state.tasks).find(({ type }) => type === "hamigrate");
  expect(asked).toMatchObject({ exitstatus: "OK" });
  expect(guestOf(b, 103)?.node).toBe("pve3");
  await b.run(10_000, async () => (await b.item(id)).state === "queued");
  expect(await b.item(id)).toMatchObject({ reason: expect.stringContaining("HA manager") });
  await b.live(id);
  expect(await only(b, id)).toMatchObject({ state: "succeeded", result: { node: "pve1" } });
  expect(guestOf(b, 103)?.node).toBe("pve1");
  expect(b.requests("POST", "/migrate")).toBe(1);
});

test("F48: a container of HA is moved when it runs again", async () => {
  const b = await managed(["ct:202"]);
  const id = await migrate(b, 202, { target: "pve1", restart: true });
  await b.live(id);
  expect(await only(b, id)).toMatchObject({ state: "succeeded", result: { node: "pve1" } });
  expect(guestOf(b, 202)).toMatchObject({ node: "pve1", status: "running" });
});

test("F48: a guest of HA that its manager leaves where it is fails after five minutes, and says so", async () => {
  const b = await managed(["vm:103"]);
  const { sections } = b.simulator.state;
  sections["ha-groups"] = { near: { nodes: "pve2,pve3:2", restricted: "1" } };
  Object.assign(sections["ha-resources"]?.["vm:103"] ?? {}, { group: "near" });
  const id = await migrate(b, 103, { target: "pve1" });
  await b.run(5000);
  await b.run(3 * MINUTE);
  expect(await b.item(id)).toMatchObject({ state: "queued", finishedAt: null });
  await b.live(id);
  expect(await only(b, id)).toMatchObject({
    state: "failed",
    error: { code: "vm.unverified", detail: "the HA manager left it where it is" },
  });
  expect(guestOf(b, 103)).toMatchObject({ node: "pve3", status: "running" });
});

test("F48: a migration that HA begins and that fails tells what its log says", async () => {
  const b = await managed(["vm:103"]);
  const id = await migrate(b, 103, { target: "pve1" });
  await b.run(5000);
  Object.assign(guestOf(b, 103)?.config ?? {}, { usb0: "host=1-2" });
  await b.live(id);
  expect(await only(b, id)).toMatchObject({
    state: "failed",
    error: { code: "vm.unverified", detail: expect.stringContaining("local devices: usb0") },
  });
  expect((await b.item(id)).result).toEqual({});
  expect(guestOf(b, 103)).toMatchObject({ node: "pve3", status: "running" });
});

test("F48: while HA moves a guest nothing else is done to it", async () => {
  const b = await managed(["vm:103"]);
  const id = await migrate(b, 103, { target: "pve1" });
  await b.run(5000);
  const other = await b.snapshots([103]);
  await b.live(other);
  const [moved, taken] = [await only(b, id), await only(b, other)];
  expect([moved?.state, taken?.state]).toEqual(["succeeded", "succeeded"]);
  expect(Date.parse(taken?.sentAt ?? "")).toBeGreaterThanOrEqual(Date.parse(moved?.finishedAt ?? ""));
});
