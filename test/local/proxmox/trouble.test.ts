import { request, Agent } from "undici";
import { expect, test } from "vitest";
import { serveControl } from "../../../local/proxmox/control.ts";
import { createSimulator, serve, type Fault } from "../../../local/proxmox/index.ts";
import { rows, simulation } from "./lab.ts";

const START = "/nodes/{node}/qemu/{vmid}/status/start";
const NO_WORKER = "got no worker upid - start worker failed";
const ACTIVE_LOCK = "can't lock file '/var/log/pve/tasks/.active.lock' - got timeout";

test("a worker that never started did nothing; a lock on the list of tasks leaves it open", async () => {
  const refusals: [Fault, string, boolean][] = [
    [{ match: { path: START }, do: "no-worker-upid" }, NO_WORKER, false],
    [{ match: { path: START }, do: "active-lock" }, ACTIVE_LOCK, true],
    [{ match: { path: START }, do: "active-lock", effect: false }, ACTIVE_LOCK, false],
    [{ match: { path: START }, do: "too-many-redirections" }, "Too many redirections", false],
  ];
  for (const [fault, reason, effect] of refusals) {
    const { post, where, simulator, clock } = simulation();
    simulator.faults.add(fault);
    const answer = await post(`${where(107)}/status/start`);
    expect([answer.status, answer.reason]).toEqual([reason.startsWith("Too") ? 599 : 500, reason]);
    await clock.advance(10_000);
    expect(simulator.state.guests[107]?.status === "running").toBe(effect);
  }
});

test("hostile answers come as ordered", async () => {
  const { simulator, clock } = simulation();
  const ask = async (fault: Fault) => {
    simulator.faults.clear();
    simulator.faults.add(fault);
    const headers = { authorization: `PVEAPIToken=${simulator.token}` };
    const target = "/api2/json/cluster/nextid";
    return (await clock.until(simulator.handle({ method: "GET", target, headers }))).body;
  };
  expect((await ask({ match: {}, do: "huge-body" })).length).toBeGreaterThan(100 * 1024 ** 2);
  expect(await ask({ match: {}, do: "huge-body", bytes: 5 })).toBe('{"data":"xxxxx"}');
  expect(await ask({ match: {}, do: "html" })).toContain("<!doctype html>");
  expect(await ask({ match: {}, do: "wrong-types" })).toBe('{"data":{"text":"100"}}');
  expect(await ask({ match: {}, do: "proto" })).toContain('"__proto__"');
  expect(await ask({ match: {}, do: "upid-traversal" })).toContain("UPID:../../");
  expect(() => JSON.parse("{")).toThrow(SyntaxError);
  expect((await ask({ match: {}, do: "broken-json" })).endsWith("}")).toBe(false);
});

test("a node is cut off and comes back; without quorum nothing is made", async () => {
  const { get, post, simulator } = simulation();
  simulator.inflict({ do: "node-offline", node: "pve2" });
  expect((await get("/nodes/pve2/status")).status).toBe(595);
  simulator.inflict({ do: "node-offline", node: "pve2", on: false });
  expect((await get("/nodes/pve2/status")).status).toBe(200);
  simulator.inflict({ do: "no-quorum" });
  expect((await post("/nodes/pve1/qemu", { vmid: 900 })).reason).toBe("cluster not ready - no quorum?");
  simulator.inflict({ do: "no-quorum", on: false });
  expect((await post("/nodes/pve1/qemu", { vmid: 900 })).status).toBe(200);
  expect(() => simulator.inflict({ do: "node-offline", node: "nosuch" })).toThrow("no node nosuch");
});

test("a stale lock refuses changes until it is taken away", async () => {
  const { put, where, simulator } = simulation();
  simulator.inflict({ do: "stale-lock", vmid: 107, lock: "backup" });
  expect((await put(`${where(107)}/config`, { cores: 1 })).reason).toBe("VM is locked (backup)");
  simulator.inflict({ do: "stale-lock", vmid: 107, on: false });
  expect((await put(`${where(107)}/config`, { cores: 1 })).status).toBe(200);
});

test("on a full storage disks, clones and backups fail, and it says that nothing is left", async () => {
  const { get, post, ended, where, simulator } = simulation();
  simulator.inflict({ do: "storage-full", storage: "local-lvm" });
  simulator.inflict({ do: "storage-full", storage: "backup" });
  const made = await post("/nodes/pve1/qemu", { vmid: 900, scsi0: "local-lvm:4" });
  expect(await ended(made)).toContain("No space left on device");
  expect(await ended(await post(`${where(107)}/clone`, { newid: 901 }))).toContain("No space left");
  const dump = await post(`/nodes/${simulator.state.guests[107]?.node}/vzdump`, {
    vmid: 107,
    storage: "backup",
  });
  expect(await ended(dump)).toBe("job errors");
  expect((await get("/nodes/pve1/storage/local-lvm/status")).json.data).toMatchObject({ avail: 0 });
});

test("a snapshot whose guest does not freeze runs on, and leaves its lock when somebody stops it", async () => {
  const { post, remove, get, ended, where, simulator, clock } = simulation();
  simulator.inflict({ do: "fsfreeze-stuck", vmid: 101 });
  const taking = await post(`${where(101)}/snapshot`, { snapname: "s1" });
  await clock.advance(3_500_000);
  const path = `/nodes/${simulator.state.guests[101]?.node}/tasks/${String(taking.json.data)}`;
  expect((await get(`${path}/status`)).json.data).toMatchObject({ status: "running" });
  await remove(path);
  expect(await ended(taking)).toBe("received interrupt");
  expect(simulator.state.guests[101]?.lock).toBe("snapshot");
  expect(simulator.state.guests[101]?.snapshots.s1?.snapstate).toBe("prepare");
});

test.each([
  ["its agent is itself again", 600_000],
  ["an hour has passed", 3_600_000],
])("a snapshot whose guest does not freeze is taken once %s", async (_, milliseconds) => {
  const { post, ended, where, simulator, clock } = simulation();
  simulator.inflict({ do: "fsfreeze-stuck", vmid: 101 });
  const taking = await post(`${where(101)}/snapshot`, { snapname: "s1" });
  await clock.advance(milliseconds - 10_000);
  expect(simulator.state.guests[101]).toMatchObject({
    lock: "snapshot",
    snapshots: { s1: { snapstate: "prepare" } },
  });
  if (milliseconds < 3_600_000) simulator.inflict({ do: "fsfreeze-stuck", vmid: 101, on: false });
  await clock.advance(60_000);
  expect(await ended(taking)).toBe("OK");
  expect(simulator.state.guests[101]?.lock).toBe(undefined);
  expect(simulator.state.guests[101]?.snapshots.s1?.snapstate).toBe(undefined);
});

test("a revoked token is a 401, and whose entry was removed sees an empty list", async () => {
  const { get, put, post, send, simulator } = simulation();
  await post("/access/users", { userid: "ann@pve" });
  const made = await post("/access/users/ann@pve/token/tt", { privsep: 0 });
  const { value }: { value?: unknown } = Object(made.json.data);
  await put("/access/acl", { path: "/", roles: "PVEAuditor", users: "ann@pve" });
  const ask = () =>
    send("GET", "/nodes/pve1/qemu", {}, { authorization: `PVEAPIToken=ann@pve!tt=${String(value)}` });
  expect(rows(await ask()).length).toBeGreaterThan(0);
  simulator.inflict({ do: "acl-removed", ugid: "ann@pve" });
  expect(rows(await ask())).toEqual([]);
  simulator.inflict({ do: "token-revoked", token: "ann@pve!tt" });
  expect((await ask()).status).toBe(401);
  expect((await get("/version")).status).toBe(200);
});

test("over the second port troubles are made and the certificate is changed", async () => {
  const simulator = createSimulator();
  const served = await serve(simulator);
  const control = await serveControl(simulator, 0, [served]);
  const before = served.fingerprint;
  const body = JSON.stringify({ do: "storage-full", storage: "nfs" });
  const own = { method: "POST" as const, headers: { authorization: `Bearer ${control.key}` } };
  await (await request(`${control.url}/troubles`, { ...own, body })).body.dump();
  expect(simulator.state.storages.nfs?.full).toBe(true);
  const answer = await request(`${control.url}/certificate`, own);
  expect(await answer.body.json()).toEqual({ fingerprints: [served.fingerprint] });
  expect(served.fingerprint).not.toBe(before);
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const headers = { authorization: `PVEAPIToken=${simulator.token}` };
  const version = await request(`${served.url}/api2/json/version`, { dispatcher, headers });
  expect(version.statusCode).toBe(200);
  await version.body.dump();
  await dispatcher.close();
  await control.close();
  await served.close();
});
