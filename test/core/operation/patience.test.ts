import { expect, test } from "vitest";
import * as Power from "../../../functions/api/bulk/power.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { Operation } from "../../kit/shape.ts";

const MINUTE = 60_000;

/** Guests of a node that take snapshots. */
const able = (b: Bench, node: string) =>
  Object.values(b.simulator.state.guests)
    .filter((guest) => guest.node === node && !guest.config.template && !guest.config.name?.startsWith("raw"))
    .map(({ vmid }) => vmid);

test("an item that let its slot go while its guest was locked gets one again soon, beside a large operation", async () => {
  const b = await bench({ guests: 600, nodes: 1 });
  const [late = 0, ...others] = able(b, "pve1");
  const guest = b.simulator.state.guests[late];
  Object.assign(guest ?? {}, { lock: "backup" });
  const small = await b.snapshots([late], { name: "small" });
  await b.run(30_000);
  expect(await b.item(small)).toMatchObject({ state: "queued", free: true });
  const large = await b.snapshots(others, { name: "large-{vmid}" });
  await b.run(10_000);
  Reflect.deleteProperty(guest ?? {}, "lock");
  await b.run(2 * MINUTE);
  const left = (await b.items(large)).filter(({ state }) => state === "queued").length;
  expect(left).toBeGreaterThan(100);
  expect(await b.items(small)).toMatchObject([{ state: "succeeded" }]);
});

test("on a crowded node what waits for its guests keeps no other operation of its tenant from going on", async () => {
  const b = await bench({ guests: 200, nodes: 1 });
  const vmids = able(b, "pve1");
  const locked = vmids.slice(0, 60);
  for (const vmid of locked) Object.assign(b.simulator.state.guests[vmid] ?? {}, { lock: "backup" });
  for (const vmid of locked) await b.snapshots([vmid], { name: "one" });
  await b.run(30_000);
  // Its first guests are locked as well, so that for a moment nothing of it runs.
  const large = await b.snapshots([...vmids.slice(0, 4), ...vmids.slice(60, 100)], { name: "large-{vmid}" });
  await b.run(5 * MINUTE);
  const free = (await b.items(large)).filter(({ vm }) => !locked.includes(vm.vmid));
  expect(free.map(({ state }) => state)).toEqual(free.map(() => "succeeded"));
});

test("guests about which Proxmox stays silent hold up the others of their node for ten minutes at most", async () => {
  const b = await bench({ mode: "off", guests: 60, nodes: 1 });
  const running = able(b, "pve1").filter((vmid) => {
    const guest = b.simulator.state.guests[vmid];
    return guest?.status === "running" && guest.kind === "qemu" && !/always-on/.test(guest.config.tags ?? "");
  });
  const vmids = running.slice(0, 10);
  const body = { select: { vmids }, action: "stop" };
  const { id } = Operation.parse((await b.call(Power, { body })).json);
  for (const vmid of vmids.slice(0, 4)) {
    const match = { method: "GET", path: "/nodes/*/status/current", vmid };
    b.simulator.faults.add({ match, do: "answer", status: 596, reason: "Connection timed out" });
  }
  await b.run(15 * MINUTE);
  const states = new Map((await b.items(id)).map(({ vm, state }) => [vm.vmid, state]));
  expect(vmids.slice(4).map((vmid) => states.get(vmid))).toEqual(vmids.slice(4).map(() => "succeeded"));
  b.simulator.faults.clear();
  await b.live(id);
  expect(new Set((await invariants(b, id)).map(({ state }) => state))).toEqual(new Set(["succeeded"]));
});
