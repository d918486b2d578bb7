import { expect, test } from "vitest";
import { poll } from "../../../core/inventory/index.ts";
import * as Migrate from "../../../functions/api/vms/migrate/post.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { changingNothing } from "../../kit/proof.ts";
import { retag } from "../../kit/retag.ts";
import { Operation } from "../../kit/shape.ts";

const MINUTE = 60_000;
const guestOf = (b: Bench, vmid: number) => b.simulator.state.guests[vmid];
const ask = (b: Bench, vmid: number, body: object) =>
  b.call(Migrate, { path: { cluster: "main", vmid }, body });

async function migrate(b: Bench, vmid: number, body: object): Promise<string> {
  const answer = await ask(b, vmid, body);
  expect(answer).toMatchObject({ status: 202 });
  return Operation.parse(answer.json).id;
}

const only = async (b: Bench, id: string) => (await invariants(b, id))[0];

/** A cluster whose HA manager has these guests. */
async function managed(sids: readonly string[], options: Parameters<typeof bench>[0] = {}) {
  const b = await bench({ mode: "off", ...options });
  const all = sids.map((sid) => [sid, { state: "started" }]);
  b.simulator.state.sections["ha-resources"] = Object.fromEntries(all);
  await b.clock.until(poll(b.world, "main"));
  return b;
}

/** Lets the manager keep a VM on these nodes alone, so that it does nothing about a request for another. */
function confine(b: Bench, nodes: string): void {
  const { sections } = b.simulator.state;
  sections["ha-groups"] = { near: { nodes, restricted: "1" } };
  Object.assign(sections["ha-resources"]?.["vm:103"] ?? {}, { group: "near" });
}

const isFollowed = (b: Bench, id: string) => async () => (await b.item(id)).detail["step"] === "follow";

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
  confine(b, "pve2,pve3:2");
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

test.for([1, 2, 3, 4, 5, 6])(
  "F48: a lost answer and a manager that starts a container late end in a success (seed %i)",
  async (seed) => {
    const b = await managed(["ct:202"], { seed });
    b.simulator.faults.add({ match: { method: "POST", times: 1 }, do: "cut-after" });
    const id = await migrate(b, 202, { target: "pve1", restart: true });
    const match = { method: "GET", path: "/nodes/{node}/tasks", times: 4 };
    b.simulator.faults.add({ match, do: "cut-before" });
    await b.live(id);
    expect(await only(b, id)).toMatchObject({ state: "succeeded" });
    expect(guestOf(b, 202)).toMatchObject({ node: "pve1", status: "running" });
    expect(b.requests("POST", "/migrate")).toBe(1);
  },
);

test("F48: a lost answer whose task is over by the first look is no success before the guest has moved", async () => {
  const b = await managed(["vm:103"]);
  const lost = { status: 596, reason: "Connection timed out", after: true } as const;
  b.simulator.faults.add({ match: { method: "POST", times: 1 }, do: "answer", ...lost });
  // A look at the node that fails once comes again when the manager's task has ended.
  const match = { method: "GET", path: "/nodes/{node}/tasks", times: 2 };
  b.simulator.faults.add({ match, do: "cut-before" });
  const id = await migrate(b, 103, { target: "pve1" });
  await b.run(5 * MINUTE, async () => (await b.item(id)).finishedAt !== null);
  expect(await b.item(id)).toMatchObject({ state: "succeeded", result: { node: "pve1" } });
  expect(guestOf(b, 103)?.node).toBe("pve1");
  expect(b.requests("POST", "/migrate")).toBe(1);
});

test("F48: a node that dies while its guest is moved holds nothing up: the item tells where HA brought it", async () => {
  const b = await managed(["vm:103"]);
  confine(b, "pve2,pve3:2");
  const id = await migrate(b, 103, { target: "pve1" });
  await b.run(20_000, isFollowed(b, id));
  Object.assign(b.simulator.state.nodes["pve3"] ?? {}, { online: false });
  Object.assign(guestOf(b, 103) ?? {}, { node: "pve2" });
  await b.clock.until(poll(b.world, "main"));
  await b.run(10 * MINUTE, async () => (await b.item(id)).finishedAt !== null);
  expect(await b.item(id)).toMatchObject({
    state: "failed",
    error: { detail: "the HA manager brought it to pve2 instead" },
  });
});

test("F48: a tag that is taken off while HA moves the guest does not make the item untrue", async () => {
  const b = await managed(["vm:103"], { mode: "strict" });
  const id = await migrate(b, 103, { target: "pve1" });
  await b.run(20_000, isFollowed(b, id));
  await retag(b, { 103: "client-acme" });
  await b.live(id);
  expect(await only(b, id)).toMatchObject({ state: "succeeded", result: { node: "pve1" } });
  expect(guestOf(b, 103)?.node).toBe("pve1");
});

test("409: what HA would move along is named, and nothing happens", async () => {
  const b = await managed(["vm:103", "ct:202"], { version: "9.2" });
  const rule = { type: "resource-affinity", affinity: "positive", resources: "vm:103,ct:202" };
  b.simulator.state.sections["ha-rules"] = { together: rule };
  const answer = await changingNothing(b, () => ask(b, 103, { target: "pve1" }));
  expect(answer).toMatchObject({
    status: 409,
    json: { code: "migrate.dependents", detail: expect.stringContaining("ct:202") },
  });
});

test.for([{ targetStorage: "local-lvm" }, { bandwidthBytes: 1048576 }])(
  "409: %j, which the HA manager is not told of; nothing happens",
  async (manner) => {
    const b = await managed(["vm:103"]);
    const answer = await changingNothing(b, () => ask(b, 103, { target: "pve1", ...manner }));
    const [name] = Object.keys(manner);
    expect(answer).toMatchObject({
      status: 409,
      json: { code: "migrate.ha", detail: expect.stringContaining(name ?? "") },
    });
  },
);

test("a guest that HA is told to ignore is moved like any other", async () => {
  const b = await managed(["vm:102"]);
  Object.assign(b.simulator.state.sections["ha-resources"]?.["vm:102"] ?? {}, { state: "ignored" });
  await b.clock.until(poll(b.world, "main"));
  const id = await migrate(b, 102, { target: "pve3" });
  await b.live(id);
  const upid: unknown = expect.stringContaining(":qmigrate:");
  expect(await only(b, id)).toMatchObject({ state: "succeeded", upid });
});
