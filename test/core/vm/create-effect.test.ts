import { expect, test } from "vitest";
import * as CancelRoute from "../../../functions/api/operations/cancel.ts";
import * as ItemsRoute from "../../../functions/api/operations/items.ts";
import * as RetryRoute from "../../../functions/api/operations/retry.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { writesState } from "../../kit/breaking.ts";
import { invariants } from "../../kit/invariants.ts";
import { Item, List, Operation } from "../../kit/shape.ts";
import { create, ended, fromTemplate } from "./births.ts";
import { kept, madeBy } from "./clones.ts";

const GIB = 1024 ** 3;
const CREATE = { method: "POST", path: "/nodes/{node}/qemu" };
const CONFIG = { method: "PUT", path: "/nodes/{node}/qemu/{vmid}/config" };
const RESIZE = { method: "PUT", path: "/nodes/{node}/qemu/{vmid}/resize" };
const START = { method: "POST", path: "/nodes/{node}/qemu/{vmid}/status/start" };
const DESTROY = { method: "DELETE", path: "/nodes/{node}/qemu/{vmid}" };
const BIG = { resize: { scsi0: 64 * GIB }, cloudInit: { user: "ops", password: "hush-hush" } };
const refusal = { do: "answer", status: 500, reason: "unable to do this" } as const;

const volumesOf = ({ simulator }: Pick<Bench, "simulator">, vmid: number) =>
  simulator.state.volumes.filter((volume) => volume.vmid === vmid);

test.each([
  ["created", create, CREATE],
  ["made of a template", fromTemplate, { method: "POST", path: "/nodes/{node}/qemu/{vmid}/clone" }],
] as const)(
  "a guest that is %s although the answer is lost is found by its notes",
  async (_, make, match) => {
    const b = await bench();
    b.simulator.faults.add({ match: { ...match, times: 1 }, do: "cut-after" });
    const item = await ended(b, await make(b));
    expect(item).toMatchObject({ state: "succeeded", result: { vmid: 100 } });
    expect(madeBy(b, item.operation)).toEqual([100]);
  },
);

test("a VM that is made and locked for a backup before its creation is seen to end is not told half made", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...CREATE, times: 1 }, do: "cut-after" });
  const id = await create(b);
  await b.run(500);
  expect(await b.item(id)).toMatchObject({ state: "intent" });
  await b.clock.advance(60_000);
  const guest = b.simulator.state.guests[100];
  expect(guest?.lock).toBeUndefined();
  Object.assign(guest ?? {}, { lock: "backup" });
  expect(await ended(b, id)).toMatchObject({ state: "succeeded", result: { vmid: 100 } });
});

test("a creation that never arrived is asked for again with the same VMID, but not before it is sure", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...CREATE, times: 1 }, do: "cut-before" });
  const id = await create(b);
  await b.run(10_000);
  expect(await kept(b)).toEqual([100]);
  const item = await ended(b, id);
  expect(item).toMatchObject({ state: "succeeded", attempts: 2, result: { vmid: 100 } });
  expect(Date.parse(item.sentAt ?? "") - Date.parse(item.startedAt ?? "")).toBeGreaterThanOrEqual(45_000);
});

test.each(["before", "after"] as const)(
  "a worker that dies %s each of its writes leaves one whole guest",
  async (when) => {
    for (let nth = 0; nth < 4; nth++) {
      const b = await bench();
      let seen = 0;
      b.broken.on((deed) => writesState("intent")(deed) && seen++ === nth, when);
      const item = await ended(b, await fromTemplate(b, { ...BIG, start: true, readyWithin: "0s" }));
      expect(item).toMatchObject({ state: "succeeded", result: { vmid: 100 } });
      expect(b.simulator.state.guests[100]?.config).toMatchObject({ cipassword: "hush-hush" });
      expect(b.requests("POST", "/clone")).toBe(1);
    }
  },
);

test.each([
  ["refused", "its configuration", CONFIG, refusal],
  ["refused", "a disk to grow", RESIZE, refusal],
] as const)("a guest that is %s %s is taken away again, with all its disks", async (_, __, match, answer) => {
  const b = await bench();
  b.simulator.faults.add({ match, ...answer });
  const item = await ended(b, await fromTemplate(b, { ...BIG, full: true }));
  expect(item).toMatchObject({ state: "failed", error: { code: "proxmox.refused" }, result: {} });
  expect(item.reason).toBe("unable to do this; the half-made guest 100 was removed again");
  expect(b.simulator.state.guests[100]).toBeUndefined();
  expect(volumesOf(b, 100)).toEqual([]);
  expect(b.requests("DELETE", "/{vmid}")).toBe(1);
});

test("an imported disk that cannot grow takes the half-made VM with it", async () => {
  const b = await bench();
  const image = { content: "import", format: "qcow2", size: 2 * GIB, used: GIB, ctime: 0 };
  b.simulator.state.volumes.push({ volid: "nfs:import/debian.qcow2", storage: "nfs", ...image });
  const disk = { storage: "local-lvm", importFrom: "nfs:import/debian.qcow2", sizeBytes: 8 * GIB };
  const good = await ended(b, await create(b, { disks: [disk] }));
  expect(good).toMatchObject({ state: "succeeded" });
  expect(b.simulator.state.guests[100]?.config["scsi0"]).toBe("local-lvm:vm-100-disk-0,size=8G");
  b.simulator.faults.add({ match: RESIZE, ...refusal });
  const bad = await ended(b, await create(b, { disks: [disk] }));
  expect(bad).toMatchObject({ state: "failed", result: {} });
  expect(b.simulator.state.guests[120]).toBeUndefined();
});

test("what an outsider has put in the place of our half-made guest is not deleted", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: RESIZE, ...refusal });
  b.broken.on((deed) => {
    if (deed.port === "request" && deed.target.endsWith("/resize"))
      Object.assign(b.simulator.state.guests[100]?.config ?? {}, { description: "mine" });
    return false;
  }, "before");
  const id = await fromTemplate(b, BIG);
  await b.live(id);
  const [item] = await invariants(b, id);
  expect(item).toMatchObject({ state: "failed", reason: "unable to do this" });
  expect(b.simulator.state.guests[100]?.config["description"]).toBe("mine");
  expect(b.requests("DELETE", "")).toBe(0);
});

test("a half-made guest that cannot be taken away is told, with what to do", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: RESIZE, ...refusal });
  b.simulator.faults.add({ match: DESTROY, ...refusal });
  const id = await fromTemplate(b, BIG);
  await b.live(id);
  const [item] = await invariants(b, id);
  expect(item).toMatchObject({ state: "failed", result: { vmid: 100, node: "pve2" } });
  expect(item?.reason).toContain("the half-made guest 100 is left");
  expect(item?.reason).toContain("on pve2 run: qm unlock 100; qm destroy 100");
  expect(await kept(b)).toEqual([]);
});

test.each(["cut-before", "cut-after"] as const)(
  "a deletion of a half-made guest whose answer is lost (%s) is done once",
  async (cut) => {
    const b = await bench();
    b.simulator.faults.add({ match: RESIZE, ...refusal });
    b.simulator.faults.add({ match: { ...DESTROY, times: 1 }, do: cut });
    const item = await ended(b, await fromTemplate(b, BIG));
    expect(item.reason).toMatch(/^unable to do this/);
    expect(b.simulator.state.guests[100]).toBeUndefined();
  },
);

test("a guest that was made and cannot be started stays: it is there, degraded, and says why", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: START, ...refusal });
  const item = await ended(b, await create(b, { start: true }));
  const result = { vmid: 100, node: "pve1", readiness: "degraded", addresses: [] };
  expect(item).toMatchObject({ state: "succeeded", result });
  expect(item.warnings).toEqual(["it was made, but not started: unable to do this"]);
  expect(b.requests("DELETE", "")).toBe(0);
});

test("an agent that comes up late is waited for, without a slot of its node, and its address is told", async () => {
  const b = await bench();
  const id = await fromTemplate(b, { agent: true, start: true });
  await b.run(600_000, async () => b.simulator.state.guests[100]?.status === "running");
  const guest = b.simulator.state.guests[100];
  Object.assign(guest ?? {}, { deaf: true });
  await b.run(60_000);
  const waiting = await b.item(id);
  expect(waiting).toMatchObject({ state: "queued", free: true, vm: { id: "main/100" } });
  expect(waiting.reason).toMatch(
    /^made and started; waiting for its agent until .*: QEMU guest agent is not running$/,
  );
  const shown = await b.call(ItemsRoute, { path: { operation: id } });
  expect(List(Item).parse(shown.json).items).toMatchObject([{ state: "running", vm: { id: "main/100" } }]);
  Object.assign(guest ?? {}, { deaf: false });
  const item = await ended(b, id);
  expect(item).toMatchObject({
    state: "succeeded",
    result: { vmid: 100, readiness: "ready", addresses: ["198.18.0.100/15"] },
    warnings: [],
  });
});

test("D5: an address of docker0 does not make a guest ready", async () => {
  const b = await bench();
  const id = await fromTemplate(b, { agent: true, start: true, readyWithin: "4m" });
  await b.run(600_000, async () => b.simulator.state.guests[100]?.status === "running");
  const docker = { name: "docker0", "hardware-address": "02:42:00:00:00:01" };
  const interfaces = [{ ...docker, "ip-addresses": [{ "ip-address": "172.17.0.1", prefix: 16 }] }];
  Object.assign(b.simulator.state.guests[100] ?? {}, { interfaces });
  const item = await ended(b, id);
  expect(item).toMatchObject({ result: { readiness: "degraded", addresses: [] } });
  expect(item.warnings).toEqual(["it runs, but was not ready in 240 s: it has no address yet"]);
});

test("an agent that never comes up leaves the guest degraded when its own deadline is over; few looks were made", async () => {
  const b = await bench();
  const id = await fromTemplate(b, { agent: true, start: true, readyWithin: "4m" });
  await b.run(600_000, async () => b.simulator.state.guests[100]?.status === "running");
  Object.assign(b.simulator.state.guests[100] ?? {}, { deaf: true });
  const item = await ended(b, id);
  expect(item).toMatchObject({ state: "succeeded", result: { readiness: "degraded", addresses: [] } });
  expect(item.warnings).toEqual(["it runs, but was not ready in 240 s: QEMU guest agent is not running"]);
  expect(b.requests("GET", "/network-get-interfaces")).toBeLessThanOrEqual(14);
  expect(b.simulator.state.guests[100]?.status).toBe("running");
});

test("secrets that are gone fail the operation, and the guest that lacks them is taken away", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: CONFIG, do: "delay", milliseconds: 1 });
  const id = await fromTemplate(b, BIG);
  await b.world.store.write([{ table: "State", remove: { pk: `secret#${id}`, sk: "sealed" } }]);
  const item = await ended(b, id);
  expect(item).toMatchObject({ state: "failed", error: { code: "vm.secret-gone" } });
  expect(b.simulator.state.guests[100]).toBeUndefined();
});

test("a creation that a reboot cut off is told as half made, with what to do; without its mark it is not deleted", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...CREATE, times: 1 }, do: "cut-after" });
  const id = await create(b, { node: "pve1" });
  await b.run(120);
  b.simulator.inflict({ do: "reboot", node: "pve1" });
  await b.live(id);
  const [item] = await invariants(b, id);
  expect(item).toMatchObject({ state: "failed", error: { code: "task.interrupted" } });
  expect(item?.reason).toContain("on pve1 run: qm unlock 100; qm destroy 100");
  expect(b.requests("DELETE", "")).toBe(0);
});

test("a cancellation that stops a copy leaves nothing of it; one between two steps lets the guest become whole", async () => {
  const b = await bench();
  const id = await fromTemplate(b, { full: true, start: true });
  await b.run(3000);
  await b.call(CancelRoute, { path: { operation: id }, body: { running: "stop" } });
  const stopped = await ended(b, id);
  expect(stopped.state).not.toBe("succeeded");
  expect(b.simulator.state.guests[100]).toBeUndefined();
  const second = await fromTemplate(b, { ...BIG, start: true, readyWithin: "0s" });
  await b.run(600_000, async () => (await b.item(second)).step > 0);
  await b.call(CancelRoute, { path: { operation: second }, body: { running: "finish" } });
  const whole = await ended(b, second);
  expect(whole).toMatchObject({ state: "succeeded", result: { vmid: 100 } });
});

test("a creation that failed is made again by a retry; one that came with secrets has to be sent anew", async () => {
  const b = await bench();
  const match = { method: "POST", path: "/nodes/*/qemu", times: 2 };
  b.simulator.faults.add({ match, ...refusal });
  const open = await ended(b, await create(b, { name: "again" }));
  const secret = await ended(b, await create(b, { cloudInit: { password: "hush-hush" } }));
  expect([open.state, secret.state]).toEqual(["failed", "failed"]);
  const retry = (operation: string) => b.call(RetryRoute, { path: { operation }, body: {} });
  const answer = await retry(open.operation);
  expect(answer.status).toBe(202);
  const item = await ended(b, Operation.parse(answer.json).id);
  expect(item).toMatchObject({ state: "succeeded", result: { vmid: 100 } });
  expect(b.simulator.state.guests[100]?.config["name"]).toBe("again");
  const refused = await retry(secret.operation);
  expect(refused).toMatchObject({ status: 409, json: { code: "operation.unsupported" } });
});
