import { expect, test } from "vitest";
import { simulation } from "./lab.ts";

test("start and stop work, and repeat as Proxmox has it: a second start fails, a second stop is fine", async () => {
  const { post, ended, where, simulator } = simulation();
  const power = (command: string) => post(`${where(107)}/status/${command}`);
  expect(await ended(await power("start"))).toBe("OK");
  expect(simulator.state.guests[107]?.status).toBe("running");
  expect(await ended(await power("start"))).toBe("VM 107 already running");
  expect(await ended(await power("stop"))).toBe("OK");
  expect(await ended(await power("stop"))).toBe("OK");
  expect(await ended(await power("shutdown"))).toBe("OK");
  expect(simulator.state.guests[107]?.status).toBe("stopped");
});

test("an unknown VM: some commands fail in their task, others at once", async () => {
  const { post, ended } = simulation();
  const power = (command: string) => post(`/nodes/pve1/qemu/999/status/${command}`);
  const missing = "unable to find configuration file for VM 999 on node 'pve1'";
  expect(await ended(await power("start"))).toBe(
    "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist",
  );
  for (const command of ["stop", "shutdown"]) expect(await ended(await power(command))).toBe(missing);
  for (const command of ["reset", "suspend", "resume", "reboot"]) {
    const answer = await power(command);
    expect([answer.status, answer.reason]).toEqual([500, missing]);
  }
});

test("a stopped VM refuses reset, suspend, resume and reboot at once", async () => {
  const { post, where } = simulation();
  for (const command of ["reset", "suspend", "resume", "reboot"])
    expect((await post(`${where(107)}/status/${command}`)).reason).toBe("VM 107 not running");
});

test("a locked VM does not start, but a stopped one that is locked can be stopped", async () => {
  const { post, ended, where, simulator } = simulation();
  Object.assign(simulator.state.guests[107] ?? {}, { lock: "backup" });
  expect(await ended(await post(`${where(107)}/status/start`))).toBe("VM is locked (backup)");
  expect(await ended(await post(`${where(107)}/status/stop`))).toBe("OK");
});

test("a guest that does not react to a shutdown makes the task fail and goes on running", async () => {
  const { post, ended, where, simulator } = simulation();
  Object.assign(simulator.state.guests[101] ?? {}, { deaf: true });
  expect(await ended(await post(`${where(101)}/status/shutdown`, { timeout: 5 }))).toBe(
    "VM quit/powerdown failed - got timeout",
  );
  expect(simulator.state.guests[101]?.status).toBe("running");
  expect(await ended(await post(`${where(101)}/status/shutdown`, { timeout: 5, forceStop: 1 }))).toBe("OK");
  expect(simulator.state.guests[101]?.status).toBe("stopped");
});

test("a reboot ends when the guest is down; a start by root follows", async () => {
  const { post, ended, where, simulator, clock } = simulation();
  expect(await ended(await post(`${where(101)}/status/reboot`))).toBe("OK");
  expect(simulator.state.guests[101]?.status).toBe("stopped");
  await clock.advance(10_000);
  expect(simulator.state.guests[101]?.status).toBe("running");
  const starts = Object.values(simulator.state.tasks).filter(
    (task) => task.type === "qmstart" && task.id === "101",
  );
  expect(starts.at(-1)).toMatchObject({ user: "root@pam", exitstatus: "OK" });
});

test("a hibernated VM is locked, cannot be configured, and start wakes it", async () => {
  const { post, put, ended, where, simulator } = simulation();
  const answer = await post(`${where(101)}/status/suspend`, { todisk: 1 });
  expect(answer.json.data).toContain(":qmsuspend:");
  await ended(answer);
  expect((await put(`${where(101)}/config`, { cores: 4 })).reason).toBe("VM is locked (suspended)");
  expect(await ended(await post(`${where(101)}/status/start`))).toBe("OK");
  expect(simulator.state.guests[101]).toMatchObject({ status: "running" });
  expect(simulator.state.guests[101]?.lock).toBeUndefined();
});

test("a start holds the configuration lock: a change waits for it, or gives up after ten seconds", async () => {
  const { post, put, ended, where, simulator, clock } = simulation();
  const start = await post(`${where(107)}/status/start`);
  expect((await put(`${where(107)}/config`, { cores: 4 })).status).toBe(200);
  expect(await ended(start)).toBe("OK");
  Object.assign(simulator.state.guests[107] ?? {}, { deaf: true });
  await post(`${where(107)}/status/shutdown`, { timeout: 60 });
  const before = clock.now().getTime();
  const late = await put(`${where(107)}/config`, { cores: 2 });
  expect(late.reason).toBe("can't lock file '/var/lock/qemu-server/lock-107.conf' - got timeout");
  expect(clock.now().getTime() - before).toBe(10_000);
});

test("a template does not start", async () => {
  const { post, ended, where } = simulation();
  expect(await ended(await post(`${where(9000)}/status/start`))).toBe(
    "you can't start a vm if it's a template",
  );
});

test("without quorum a start is refused at once, and stopping still works", async () => {
  const { post, ended, where, simulator } = simulation();
  simulator.setQuorum(false);
  expect((await post(`${where(107)}/status/start`)).reason).toBe("cluster not ready - no quorum?");
  expect(await ended(await post(`${where(101)}/status/stop`))).toBe("OK");
});

test("speed divides the time that tasks take", async () => {
  const slow = simulation();
  const fast = simulation({ speed: 10 });
  const lasted = async ({ clock, post, ended, where }: typeof slow) => {
    const before = clock.now().getTime();
    await ended(await post(`${where(101)}/status/stop`));
    return clock.now().getTime() - before;
  };
  expect(await lasted(slow)).toBe(1200);
  expect(await lasted(fast)).toBe(120);
});

test("containers have texts and tasks of their own", async () => {
  const { post, ended, where } = simulation();
  expect((await post(`${where(203)}/status/stop`)).reason).toBe("CT 203 not running");
  const start = await post(`${where(203)}/status/start`);
  expect(start.json.data).toContain(":vzstart:203:");
  expect(await ended(start)).toBe("OK");
  expect((await post(`${where(203)}/status/reset`)).status).toBe(501);
});

test("without quorum configurations cannot be written and cluster files say so after nine seconds; logins work", async () => {
  const { get, post, put, ended, where, simulator, clock } = simulation();
  simulator.setQuorum(false);
  const denied = "unable to open file '/etc/pve/nodes/pve1/qemu-server/101.conf.tmp.101' - Permission denied";
  expect((await put(`${where(101)}/config`, { cores: 1 })).reason).toBe(denied);
  expect(await ended(await post(`${where(101)}/snapshot`, { snapname: "s1" }))).toBe(denied);
  expect(simulator.state.guests[101]).toMatchObject({ snapshots: {} });
  const before = clock.now().getTime();
  expect((await post("/pools", { poolid: "x" })).reason).toBe(
    "create pool failed: cfs-lock 'file-user_cfg' error: no quorum!",
  );
  expect(clock.now().getTime() - before).toBe(9000);
  expect((await post("/access/users", { userid: "a@pve" })).reason).toBe(
    "create user failed: cfs-lock 'file-user_cfg' error: no quorum!",
  );
  expect((await get("/cluster/status")).json.data).toMatchObject([{ quorate: 0 }, {}, {}, {}]);
});
