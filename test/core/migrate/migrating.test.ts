import { expect, test } from "vitest";
import { connect } from "../../../core/cluster/index.ts";
import { migrateGuest } from "../../../core/proxmox/index.ts";
import * as Bulk from "../../../functions/api/bulk/migrate.ts";
import * as Migrate from "../../../functions/api/vms/migrate/post.ts";
import * as Cancel from "../../../functions/api/operations/cancel.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { writesState } from "../../kit/breaking.ts";
import { invariants } from "../../kit/invariants.ts";
import { Operation } from "../../kit/shape.ts";

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

/** Waits until the guest has come to its new node, and then lets this happen to it. */
async function onArrival(b: Bench, vmid: number, target: string, happens: () => void): Promise<void> {
  await b.run(20_000, async () => {
    if (guestOf(b, vmid)?.node !== target) return false;
    happens();
    return true;
  });
}

test.for(["OK", "migration problems"])(
  "a VM that ran and stays paused where it came to is no success, though its task ended as %s",
  async (exitstatus) => {
    const b = await bench();
    const id = await migrate(b, 102, { target: "pve3" });
    await onArrival(b, 102, "pve3", () => Object.assign(guestOf(b, 102) ?? {}, { paused: true }));
    for (const task of Object.values(b.simulator.state.tasks))
      if (task.type === "qmigrate") task.exitstatus = exitstatus;
    await b.live(id);
    expect(await only(b, id)).toMatchObject({ state: "failed" });
  },
);

test("a paused VM is moved paused", async () => {
  const b = await bench();
  Object.assign(guestOf(b, 102) ?? {}, { paused: true });
  const id = await migrate(b, 102, { target: "pve3" });
  await b.live(id);
  expect(await only(b, id)).toMatchObject({ state: "succeeded" });
  expect(guestOf(b, 102)).toMatchObject({ node: "pve3", paused: true });
});

test("another's migration elsewhere is not taken for ours: it is moved on to where it was wanted", async () => {
  const b = await bench({ mode: "off" });
  b.simulator.faults.add({ match: { method: "POST", times: 1 }, do: "cut-before" });
  const id = await migrate(b, 103, { target: "pve1" });
  await b.run(5000, async () => (await b.item(id)).state === "intent");
  const proxmox = await connect(b.world, "main");
  const manner = { withLocalDisks: false, restart: false };
  const guest = { node: "pve3", type: "qemu", vmid: 103 } as const;
  await b.clock.until(migrateGuest(proxmox, guest, { target: "pve2", ...manner }));
  await b.live(id);
  expect(await only(b, id)).toMatchObject({ state: "succeeded", result: { node: "pve1" } });
  expect(guestOf(b, 103)?.node).toBe("pve1");
});

test("F15: what a migration leaves that was cut off is told, with the command that puts it right", async () => {
  const b = await bench();
  const id = await migrate(b, 102, { target: "pve3" });
  await b.run(5000, async () => guestOf(b, 102)?.lock === "migrate");
  // Its node was reset: the task goes no further, and nobody takes the lock away.
  for (const task of Object.values(b.simulator.state.tasks))
    if (task.type === "qmigrate")
      Object.assign(task, {
        endtime: Math.floor(b.clock.now().getTime() / 1000),
        exitstatus: "unexpected status",
      });
  Object.assign(guestOf(b, 102) ?? {}, { status: "stopped" });
  await b.live(id);
  expect(await only(b, id)).toMatchObject({
    state: "failed",
    error: { detail: expect.stringContaining("on pve2 run: qm unlock 102; it is off now") },
  });
});

test("each cluster has a pool of its own for a node of the same name", async () => {
  const b = await bench();
  const body = { select: { vmids: [102] }, target: "pve3" };
  const { id } = Operation.parse((await b.call(Bulk, { body })).json);
  await b.run(3000, async () => (await b.item(id)).state === "sent");
  const slots = b.store.dump().filter(({ row }) => row.pk.startsWith("slot#migrate-to"));
  expect(slots.map(({ row }) => row.pk)).toEqual(["slot#migrate-to#main/pve3"]);
  await b.live(id);
  await only(b, id);
});

test("a guest that somebody stopped while its migration waited was moved, although it does not run", async () => {
  const b = await bench({ mode: "off" });
  const { node } = guestOf(b, 102) ?? {};
  const target = node === "pve1" ? "pve2" : "pve1";
  const match = { method: "POST", path: "/nodes/*/migrate", times: 3 };
  const reason = "can't lock file '/var/lock/qemu-server/lock-102.conf' - got timeout";
  b.simulator.faults.add({ match, do: "answer", status: 500, reason });
  const id = await migrate(b, 102, { target });
  await b.run(5000, async () => (await b.item(id)).blockedAt !== null);
  Object.assign(guestOf(b, 102) ?? {}, { status: "stopped" });
  await b.live(id);
  expect(await only(b, id)).toMatchObject({ state: "succeeded", result: { node: target } });
  expect(guestOf(b, 102)).toMatchObject({ node: target, status: "stopped" });
});
