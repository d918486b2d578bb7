import { expect, test } from "vitest";
import * as RetryRoute from "../../../functions/api/operations/retry.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { Operation } from "../../kit/shape.ts";
import { createContainer, ended } from "./births.ts";
import { kept, madeBy } from "./clones.ts";

const CREATE = { method: "POST", path: "/nodes/{node}/lxc" };
const CONFIG = { method: "PUT", path: "/nodes/{node}/lxc/{vmid}/config" };
const START = { method: "POST", path: "/nodes/{node}/lxc/{vmid}/status/start" };
const refusal = { do: "answer", status: 500, reason: "unable to do this" } as const;
const SECRET = { password: "hush-hush" };

/** Slow enough that a task is seen at work: 15 s for its disks, 100 s until root can log in. */
const SLOW = { speed: 0.02 };

const guestOf = ({ simulator }: Pick<Bench, "simulator">, vmid = 100) => simulator.state.guests[vmid];

const volumesOf = ({ simulator }: Pick<Bench, "simulator">, vmid = 100) =>
  simulator.state.volumes.filter((volume) => volume.vmid === vmid);

/** Its configuration is there and no longer locked, but nobody can log in yet. */
const isUnpacking = (b: Bench) => async () => {
  const guest = guestOf(b);
  return guest?.config["description"] !== undefined && guest.root === undefined;
};

test("a container that is made although the answer is lost is found by its notes", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...CREATE, times: 1 }, do: "cut-after" });
  const item = await ended(b, await createContainer(b, SECRET));
  expect(item).toMatchObject({ state: "succeeded", result: { vmid: 100 } });
  expect(madeBy(b, item.operation)).toEqual([100]);
  expect(guestOf(b)?.root?.password).toBe("hush-hush");
  expect(b.requests("POST", "/lxc")).toBe(1);
});

test("a creation that never arrived is asked for again with the same VMID, but not before it is sure", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...CREATE, times: 1 }, do: "cut-before" });
  const id = await createContainer(b, SECRET);
  await b.run(10_000);
  expect(await kept(b)).toEqual([100]);
  const item = await ended(b, id);
  expect(item).toMatchObject({ state: "succeeded", attempts: 2, result: { vmid: 100 } });
  expect(Date.parse(item.sentAt ?? "") - Date.parse(item.startedAt ?? "")).toBeGreaterThanOrEqual(35_000);
});

test("a container whose configuration is there, while its task still works, is not taken for made", async () => {
  const b = await bench(SLOW);
  b.simulator.faults.add({ match: { ...CREATE, times: 1 }, do: "cut-after" });
  const id = await createContainer(b, { ...SECRET, start: true, readyWithin: "0s" });
  await b.run(600_000, isUnpacking(b));
  await b.run(60_000);
  expect(await isUnpacking(b)()).toBe(true);
  const upid = expect.stringContaining(":vzcreate:100:");
  expect(await b.item(id)).toMatchObject({ step: 0, result: null, upid });
  expect(b.requests("POST", "/status/start")).toBe(0);
  const item = await ended(b, id);
  expect(item).toMatchObject({ state: "succeeded", result: { vmid: 100 } });
  expect(guestOf(b)).toMatchObject({ status: "running", root: SECRET });
});

test.each(["answered", "whose answer was lost"] as const)(
  "a creation (%s) that a reboot cuts off once the configuration is there leaves nothing half made",
  async (how) => {
    const b = await bench(SLOW);
    if (how !== "answered") b.simulator.faults.add({ match: { ...CREATE, times: 1 }, do: "cut-after" });
    const id = await createContainer(b, { ...SECRET, node: "pve1", protection: true });
    await b.run(600_000, isUnpacking(b));
    b.simulator.inflict({ do: "reboot", node: "pve1" });
    const item = await ended(b, id);
    expect(item).toMatchObject({ state: "failed", result: {} });
    expect(item.reason).toMatch(/unexpected status.*; the half-made guest 100 was removed again$/);
    expect(guestOf(b)).toBeUndefined();
    expect(volumesOf(b)).toEqual([]);
    expect(b.requests("DELETE", "/{vmid}")).toBe(1);
  },
);

test("one that a reboot cuts off before that is told, with what to do; without its mark it is not deleted", async () => {
  const b = await bench(SLOW);
  b.simulator.faults.add({ match: { ...CREATE, times: 1 }, do: "cut-after" });
  const id = await createContainer(b, { node: "pve1" });
  await b.run(1000);
  expect(guestOf(b)).toMatchObject({ lock: "create", config: {} });
  b.simulator.inflict({ do: "reboot", node: "pve1" });
  await b.live(id);
  const [item] = await invariants(b, id);
  expect(item).toMatchObject({ state: "failed", error: { code: "task.interrupted" } });
  expect(item?.reason).toContain("on pve1 run: pct unlock 100; pct destroy 100");
  expect(b.requests("DELETE", "")).toBe(0);
});

test("a container that cannot be protected is taken away again, with all its disks", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: CONFIG, ...refusal });
  const item = await ended(b, await createContainer(b, { protection: true }));
  expect(item).toMatchObject({ state: "failed", error: { code: "proxmox.refused" }, result: {} });
  expect(item.reason).toBe("unable to do this; the half-made guest 100 was removed again");
  expect(guestOf(b)).toBeUndefined();
  expect(volumesOf(b)).toEqual([]);
});

test("a deletion of a half-made container whose answer is lost is done once", async () => {
  const b = await bench();
  const match = { method: "DELETE", path: "/nodes/{node}/lxc/{vmid}", times: 1 };
  b.simulator.faults.add({ match: CONFIG, ...refusal });
  b.simulator.faults.add({ match, do: "cut-after" });
  const item = await ended(b, await createContainer(b, { protection: true }));
  expect(item.reason).toMatch(/^unable to do this/);
  expect(guestOf(b)).toBeUndefined();
  expect(b.requests("DELETE", "/{vmid}")).toBe(1);
});

test("a container that was made and cannot be started stays: it is there, degraded, and says why", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: START, ...refusal });
  const item = await ended(b, await createContainer(b, { start: true }));
  expect(item).toMatchObject({ state: "succeeded", result: { vmid: 100, readiness: "degraded" } });
  expect(item.warnings).toEqual(["it was made, but not started: unable to do this"]);
  expect(b.requests("DELETE", "")).toBe(0);
});

test("a version that does not tell the addresses of containers leaves it degraded, and says why", async () => {
  const b = await bench({ version: "7.4" });
  const item = await ended(b, await createContainer(b, { start: true, readyWithin: "1m" }));
  expect(item).toMatchObject({ state: "succeeded", result: { readiness: "degraded", addresses: [] } });
  expect(item.warnings[0]).toMatch(/^it runs, but was not ready in 60 s: .*; this cluster has 7\.4/);
});

test("secrets that are gone fail the operation before anything is made", async () => {
  const b = await bench();
  const id = await createContainer(b, SECRET);
  await b.world.store.write([{ table: "State", remove: { pk: `secret#${id}`, sk: "sealed" } }]);
  const item = await ended(b, id);
  expect(item).toMatchObject({ state: "failed", error: { code: "vm.secret-gone" } });
  expect(b.requests("POST", "/lxc")).toBe(0);
});

test("a creation that failed is made again by a retry; one that came with secrets has to be sent anew", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...CREATE, times: 2 }, ...refusal });
  const open = await ended(b, await createContainer(b, { name: "again" }));
  const secret = await ended(b, await createContainer(b, SECRET));
  expect([open.state, secret.state]).toEqual(["failed", "failed"]);
  const retry = (operation: string) => b.call(RetryRoute, { path: { operation }, body: {} });
  const answer = await retry(open.operation);
  expect(answer.status).toBe(202);
  const item = await ended(b, Operation.parse(answer.json).id);
  expect(item).toMatchObject({ state: "succeeded", result: { vmid: 100 } });
  expect(guestOf(b)).toMatchObject({ kind: "lxc", config: { hostname: "again" } });
  const refused = await retry(secret.operation);
  expect(refused).toMatchObject({ status: 409, json: { code: "operation.unsupported" } });
});
