import { expect, test } from "vitest";
import * as Cancel from "../../../functions/api/operations/cancel.ts";
import * as Delete from "../../../functions/api/vms/delete.ts";
import { bench } from "../../kit/bench.ts";
import type { Deed } from "../../kit/breaking.ts";
import { invariants } from "../../kit/invariants.ts";
import { Operation } from "../../kit/shape.ts";

const force = (vmid: number) => ({ path: { cluster: "main", vmid }, query: { force: "true" } });

async function begun(vmid: number) {
  const b = await bench();
  const id = Operation.parse((await b.call(Delete, force(vmid))).json).id;
  return { b, id };
}

const counts = (b: Awaited<ReturnType<typeof bench>>) => [
  b.requests("POST", "/status/stop"),
  b.requests("DELETE", "/qemu/{vmid}"),
];

test("F20: a guest that was deleted by somebody else in the meantime is skipped", async () => {
  const { b, id } = await begun(102);
  Reflect.deleteProperty(b.simulator.state.guests, "102");
  await b.live(id);
  const [item] = await b.items(id);
  expect(item).toMatchObject({ state: "skipped", error: { code: "vm.missing" } });
  expect(counts(b)).toEqual([0, 0]);
});

test.for(["before", "after"] as const)(
  "a worker that dies %s it sends the deletion of a guest that it stopped leaves no guest half deleted",
  async (when) => {
    const { b, id } = await begun(102);
    b.broken.on((deed) => deed.port === "request" && deed.method === "DELETE", when);
    await b.live(id);
    expect(await invariants(b, id)).toMatchObject([{ state: "succeeded" }]);
    expect(b.simulator.state.guests["102"]).toBeUndefined();
    expect(counts(b)).toEqual([1, 1]);
  },
);

test("a worker that dies when it has asked for the stop stops the guest once", async () => {
  const { b, id } = await begun(102);
  b.broken.on((deed) => deed.port === "request" && deed.target.endsWith("/status/stop"), "after");
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded" }]);
  expect(counts(b)).toEqual([1, 1]);
});

test("a deletion whose request never arrived is asked for again, once it is sure", async () => {
  const { b, id } = await begun(102);
  b.simulator.faults.add({ match: { method: "DELETE", times: 1 }, do: "cut-before" });
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded", attempts: 2 }]);
  expect(counts(b)).toEqual([1, 2]);
});

test.for([
  ["is stopped in time", 0],
  ["has ended by then", 5000],
] as const)(
  "a deletion that is cancelled while its guest is being stopped deletes nothing: the task %s",
  async ([, milliseconds]) => {
    const { b, id } = await begun(102);
    const path = "/nodes/{node}/tasks/{upid}";
    b.simulator.faults.add({ match: { method: "DELETE", path }, do: "delay", milliseconds });
    const sent = async () => (await b.item(id)).state === "sent";
    await b.run(10_000, sent);
    const request = { path: { operation: id }, body: { running: "stop" } };
    expect((await b.call(Cancel, request)).status).toBe(202);
    await b.live(id);
    expect(await b.item(id)).toMatchObject({ state: "cancelled" });
    expect(b.simulator.state.guests["102"]).toBeDefined();
    expect(b.requests("DELETE", "/qemu/{vmid}")).toBe(0);
  },
);

test("a guest that somebody starts again after it was stopped is not stopped a second time, and stays", async () => {
  const { b, id } = await begun(102);
  const stopped = async () => b.simulator.state.guests["102"]?.status === "stopped";
  await b.run(60_000, stopped);
  Object.assign(b.simulator.state.guests["102"] ?? {}, { status: "running" });
  await b.live(id);
  expect(await b.item(id)).toMatchObject({ state: "failed" });
  expect(b.requests("POST", "/status/stop")).toBe(1);
  expect(b.simulator.state.guests["102"]?.status).toBe("running");
});

test("a guest that was made anew under the same VMID and name since the deletion was asked for is not deleted", async () => {
  const { b, id } = await begun(102);
  const anew = b.clock.now().getTime() / 1000 + 300;
  const config = b.simulator.state.guests["102"]?.config ?? {};
  config["meta"] = `creation-qemu=9.2.0,ctime=${Math.floor(anew)}`;
  await b.live(id);
  const [item] = await b.items(id);
  expect(item).toMatchObject({ state: "skipped", error: { code: "vm.changed" } });
  expect(counts(b)).toEqual([0, 0]);
  expect(b.simulator.state.guests["102"]).toBeDefined();
});

test("a cancellation that comes between the watcher's look and what it writes keeps the guest", async () => {
  const { b, id } = await begun(102);
  const isNextStep = (deed: Deed) =>
    deed.port === "write" && deed.changes.some((change) => "set" in change && change.set?.["step"] === 1);
  const update = { pk: `op#${id}`, sk: "item#000000" };
  b.broken.between(isNextStep, () =>
    b.store.write([{ table: "History", update, set: { haltAt: b.clock.now().toISOString() } }]),
  );
  await b.live(id);
  expect(await b.item(id)).toMatchObject({ state: "cancelled", error: { code: "operation.stopped" } });
  expect(b.simulator.state.guests["102"]?.status).toBe("stopped");
  expect(counts(b)).toEqual([1, 0]);
});

test.for([
  ["waits for a lock of Proxmox", "locked"],
  ["waits after a refusal", "refused"],
] as const)(
  "A1: a cancellation that stops what runs keeps a guest whose deletion %s after its stop",
  async ([, why]) => {
    const { b, id } = await begun(102);
    const refusal = { match: { method: "DELETE", path: "/nodes/{node}/qemu/{vmid}" }, status: 500 } as const;
    const reason = "can't lock file '/var/lock/qemu-server/lock-102.conf' - got timeout";
    const fault =
      why === "refused" ? b.simulator.faults.add({ ...refusal, do: "answer", reason }) : undefined;
    const guest = b.simulator.state.guests["102"];
    await b.run(60_000, async () => guest?.status === "stopped");
    if (guest && !fault) guest.lock = "backup";
    await b.run(25_000);
    expect(await b.item(id)).toMatchObject({ state: "queued", step: 1 });
    const body = { running: "stop", reason: "do not delete it" };
    expect((await b.call(Cancel, { path: { operation: id }, body })).status).toBe(202);
    if (fault) b.simulator.faults.remove(fault);
    delete guest?.lock;
    await b.live(id);
    const [item] = await invariants(b, id);
    expect(item).toMatchObject({ state: "cancelled", error: { code: "operation.stopped" } });
    expect(item?.error?.detail).toMatch(/do not delete it; main\/102 is stopped, and not deleted$/);
    expect(b.simulator.state.guests["102"]?.status).toBe("stopped");
  },
);

test("A1: a cancellation that lets running items finish lets a deletion finish that has stopped its guest", async () => {
  const { b, id } = await begun(102);
  const guest = b.simulator.state.guests["102"];
  await b.run(60_000, async () => guest?.status === "stopped");
  if (guest) guest.lock = "backup";
  await b.run(25_000);
  await b.call(Cancel, { path: { operation: id }, body: {} });
  delete guest?.lock;
  await b.live(id);
  expect(await b.item(id)).toMatchObject({ state: "succeeded" });
  expect(b.simulator.state.guests["102"]).toBeUndefined();
});
