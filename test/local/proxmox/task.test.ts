import { expect, test } from "vitest";
import { formatUpid, parseUpid } from "../../../local/proxmox/upid.ts";
import { rows, simulation } from "./lab.ts";

test("a running task is in the active list with its token unsplit, and in no archive", async () => {
  const { get, post, where } = simulation();
  const answer = await post(`${where(101)}/snapshot`, { snapname: "s1" });
  const upid = answer.json.data;
  const active = rows(await get("/nodes/pve1/tasks", { source: "active" }));
  expect(active).toMatchObject([
    { upid, user: "root@pam!main", saved: "0", status: "RUNNING", type: "qmsnapshot" },
  ]);
  const status = await get(`/nodes/pve1/tasks/${String(upid)}/status`);
  expect(status.json.data).toMatchObject({ status: "running", user: "root@pam", tokenid: "main", id: "101" });
  expect(status.json.data).not.toHaveProperty("exitstatus");
  expect(rows(await get("/nodes/pve1/tasks")).some((row) => row.upid === upid)).toBe(false);
});

test("a finished task is in the archive with its exit status as status, newest first, and total beside the data", async () => {
  const { get, post, ended, where } = simulation();
  await ended(await post(`${where(101)}/status/start`));
  const answer = await get("/nodes/pve1/tasks", { limit: 1, vmid: 101 });
  expect(rows(answer)).toMatchObject([
    { type: "qmstart", status: "VM 101 already running", user: "root@pam", tokenid: "main" },
  ]);
  expect(answer.json.total).toBe(2);
});

test("the list can be narrowed by since, type, errors and state", async () => {
  const { get, post, ended, where, clock } = simulation();
  const since = Math.floor(clock.now().getTime() / 1000);
  await ended(await post(`${where(101)}/status/start`));
  await ended(await post(`${where(101)}/snapshot`, { snapname: "s1" }));
  const types = async (form: Record<string, string | number>) =>
    rows(await get("/nodes/pve1/tasks", { since, source: "all", ...form })).map(({ type }) => type);
  expect(await types({})).toEqual(["qmsnapshot", "qmstart"]);
  expect(await types({ typefilter: "qmstart" })).toEqual(["qmstart"]);
  expect(await types({ errors: 1 })).toEqual(["qmstart"]);
  expect(await types({ statusfilter: "ok" })).toEqual(["qmsnapshot"]);
  expect(await types({ limit: 0 })).toEqual([]);
});

test("the log ends with how the task ended, and a start beyond it is empty", async () => {
  const { get, post, ended, where } = simulation();
  const answer = await post(`${where(101)}/status/start`);
  await ended(answer);
  const path = `/nodes/pve1/tasks/${String(answer.json.data)}/log`;
  const log = await get(path);
  expect(rows(log)).toEqual([{ n: 1, t: "TASK ERROR: VM 101 already running" }]);
  expect(log.json.total).toBe(1);
  expect(rows(await get(path, { start: 5 }))).toEqual([]);
});

test("an unknown task is a 400, a text that is no UPID too", async () => {
  const { get } = simulation();
  const upid = "UPID:pve1:0000AAAA:00BBBBBB:66000000:qmstart:100:root@pam:";
  expect((await get(`/nodes/pve1/tasks/${upid}/status`)).json.errors).toEqual({ upid: "no such task" });
  expect((await get("/nodes/pve1/tasks/garbage/status")).json.errors).toEqual({
    upid: "unable to parse worker upid",
  });
});

test("stopping a task takes a second, ends it as interrupted and leaves no lock", async () => {
  const { get, post, remove, ended, where, simulator, clock } = simulation();
  const answer = await post("/nodes/pve1/vzdump", { vmid: 101, storage: "backup" });
  expect(simulator.state.guests[101]?.lock).toBe("backup");
  const before = clock.now().getTime();
  expect((await remove(`/nodes/pve1/tasks/${String(answer.json.data)}`)).json.data).toBeNull();
  expect(clock.now().getTime() - before).toBe(1000);
  expect(await ended(answer)).toBe("received interrupt");
  expect((await get(`${where(101)}/config`)).json.data).not.toHaveProperty("lock");
});

test("a node keeps about 1300 finished tasks and forgets the oldest", async () => {
  const { post, simulator, clock, where } = simulation();
  for (let count = 0; count < 1320; count++) await post(`${where(107)}/status/stop`);
  await clock.advance(1000);
  expect(simulator.state.nodes.pve1?.tasks).toHaveLength(1300);
  expect(Object.values(simulator.state.tasks).filter(({ node }) => node === "pve1")).toHaveLength(1300);
});

test("a UPID reads back as what it was written from", () => {
  const upid = {
    node: "pve1",
    pid: 4711,
    pstart: 123_456,
    starttime: 1_795_397_034,
    type: "vzdump",
    id: "",
    user: "a@pve!b",
  };
  expect(parseUpid(formatUpid(upid))).toEqual(upid);
});

test("the cluster's list shows what runs and the newest finished tasks of every node", async () => {
  const { get, post, where } = simulation();
  const answer = await post(`${where(101)}/snapshot`, { snapname: "s1" });
  const list = rows(await get("/cluster/tasks"));
  expect(list[0]).toMatchObject({ upid: answer.json.data, status: "RUNNING" });
  expect(new Set(list.map(({ node }) => node))).toEqual(new Set(["pve1", "pve2", "pve3"]));
});

test("a node that reboots loses its tasks, keeps the locks they held, and its guests are off", async () => {
  const { get, post, put, ended, where, simulator, clock } = simulation();
  const snapshot = await post(`${where(101)}/snapshot`, { snapname: "s1" });
  const start = await post(`${where(107)}/status/start`);
  const elsewhere = await post(`${where(102)}/snapshot`, { snapname: "s1" });
  simulator.rebootNode("pve1");
  await clock.advance(60_000);
  expect(await ended(snapshot)).toBe("unexpected status");
  expect(await ended(start)).toBe("unexpected status");
  expect(await ended(elsewhere)).toBe("OK");
  expect(simulator.state.guests[101]).toMatchObject({
    status: "stopped",
    lock: "snapshot",
    snapshots: { s1: { snapstate: "prepare" } },
  });
  expect((await put(`${where(107)}/config`, { cores: 1 })).status).toBe(200);
  expect(simulator.counters().running).toEqual({ pve1: 0, pve2: 0 });
  expect(rows(await get("/nodes/pve1/tasks", { statusfilter: "unknown" }))).toHaveLength(2);
});
