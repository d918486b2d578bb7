import { expect, test } from "vitest";
import { rows, simulation } from "./lab.ts";

const ERROR = { error: { class: "GenericError", desc: "guest agent command failed" } };

test("G6: an agent says what it is told to, an error object too, or nothing at all", async () => {
  const { get, where, simulator, clock } = simulation();
  const path = `${where(101)}/agent`;
  const say = (command: string) => get(`${path}/${command}`);
  const card = { name: "docker0", "hardware-address": "02:42:00:00:00:01", "ip-addresses": [] };
  simulator.inflict({ do: "agent", vmid: 101, command: "network-get-interfaces", result: [card] });
  expect((await say("network-get-interfaces")).json.data).toEqual({ result: [card] });
  expect((await say("get-host-name")).json.data).toEqual({ result: { "host-name": "web-1" } });
  simulator.inflict({ do: "agent", vmid: 101, command: "get-host-name", result: ERROR });
  expect((await say("get-host-name")).json.data).toEqual({ result: ERROR });
  simulator.inflict({ do: "agent", vmid: 101, on: false });
  simulator.inflict({ do: "agent", vmid: 101 });
  const before = clock.now().getTime();
  expect((await say("get-osinfo")).reason).toBe("QEMU guest agent is not running");
  expect(clock.now().getTime() - before).toBe(3000);
  simulator.inflict({ do: "agent", vmid: 101, on: false });
  expect((await say("get-osinfo")).status).toBe(200);
});

test("G6: the network of a container is what it is told to be", async () => {
  const { get, where, simulator } = simulation();
  const card = { name: "eth0", hwaddr: "02:42:00:00:00:01", "ip-addresses": [] };
  simulator.inflict({ do: "agent", vmid: 201, command: "interfaces", result: [card] });
  expect((await get(`${where(201)}/interfaces`)).json.data).toEqual([card]);
});

test.for(["io-error", "internal-error", "guest-panicked", "suspended", "prelaunch", "paused"] as const)(
  "G6: QEMU says %s of a VM that runs, until that ends",
  async (status) => {
    const { get, where, simulator } = simulation();
    const now = async () => (await get(`${where(101)}/status/current`)).json.data;
    simulator.inflict({ do: "qmpstatus", vmid: 101, status });
    expect(await now()).toMatchObject({ status: "running", qmpstatus: status });
    simulator.inflict({ do: "qmpstatus", vmid: 101, on: false });
    expect(await now()).toMatchObject({ status: "running", qmpstatus: "running" });
  },
);

test("G6: a task ends as it is told to: a failure without its work, a warning with it, as often as asked", async () => {
  const { post, get, ended, where, simulator } = simulation();
  const start = async () => post(`${where(107)}/status/start`);
  simulator.inflict({ do: "task-exit", type: "qmstart", exitstatus: "got signal 9", times: 2 });
  expect(await ended(await start())).toBe("got signal 9");
  expect(simulator.state.guests[107]?.status).toBe("stopped");
  expect(await ended(await start())).toBe("got signal 9");
  simulator.inflict({ do: "task-exit", type: "qmstart", vmid: 107, exitstatus: "WARNINGS: 2" });
  const answer = await start();
  expect(await ended(answer)).toBe("WARNINGS: 2");
  expect(simulator.state.guests[107]?.status).toBe("running");
  const log = rows(await get(`/nodes/pve1/tasks/${String(answer.json.data)}/log`));
  expect(log.at(-1)).toMatchObject({ t: "TASK WARNINGS: 2" });
});

test("G6: an exit for one guest is not another's, can be taken back, and may hide that the work was done", async () => {
  const { post, ended, where, simulator } = simulation();
  simulator.inflict({ do: "task-exit", type: "qmstart", vmid: 110, exitstatus: "no" });
  expect(await ended(await post(`${where(107)}/status/start`))).toBe("OK");
  simulator.inflict({ do: "task-exit", type: "qmstart", vmid: 110, exitstatus: "no", on: false });
  simulator.inflict({ do: "task-exit", type: "qmstart", vmid: 110, exitstatus: "lost", effect: true });
  expect(await ended(await post(`${where(110)}/status/start`))).toBe("lost");
  expect(simulator.state.guests[110]?.status).toBe("running");
});

/** Which of these work on a VM's disk on a storage of this type: a snapshot, going back to an older one, copying and
 * linking from a snapshot. */
const RULES = [
  [
    "zfspool",
    { snapshot: "OK", back: "can't rollback, 's1' is not most recent snapshot on 'local-lvm:vm-107-disk-0'" },
  ],
  ["lvmthin", { snapshot: "OK", back: "OK" }],
  ["rbd", { snapshot: "OK", back: "OK" }],
  ["lvm", { snapshot: "snapshot feature is not available", back: "snapshot 's1' does not exist" }],
] as const;

test.for(RULES)("G6: on %s a VM is snapshot and rolled back as that can", async ([type, wanted]) => {
  const { post, ended, where, simulator } = simulation();
  simulator.inflict({ do: "storage-type", storage: "local-lvm", type });
  const take = async (snapname: string) => ended(await post(`${where(107)}/snapshot`, { snapname }));
  expect(await take("s1")).toBe(wanted.snapshot);
  await take("s2");
  expect(await ended(await post(`${where(107)}/snapshot/s1/rollback`))).toBe(wanted.back);
});

test.for([
  ["zfspool", "Full clone feature is not supported for a snapshot of 'local-lvm:vm-107-disk-0' (scsi0)"],
  ["lvmthin", "OK"],
  ["rbd", "OK"],
] as const)("G6: a whole copy of a snapshot on %s: %s", async ([type, reason]) => {
  const { post, ended, where, simulator } = simulation();
  await ended(await post(`${where(107)}/snapshot`, { snapname: "s1" }));
  simulator.inflict({ do: "storage-type", storage: "local-lvm", type });
  const answer = await post(`${where(107)}/clone`, { newid: 900, full: 1, snapname: "s1" });
  expect(answer.reason).toBe(reason);
});

test.for([
  ["zfspool", "local-lvm:base-9000-disk-0/vm-900-disk-0,size=32G"],
  ["rbd", "local-lvm:base-9000-disk-0/vm-900-disk-0,size=32G"],
  ["lvmthin", "local-lvm:vm-900-disk-0,size=32G"],
] as const)("G6: a linked clone on %s is %s", async ([type, scsi0]) => {
  const { post, ended, where, simulator } = simulation();
  simulator.inflict({ do: "storage-type", storage: "local-lvm", type });
  await ended(await post(`${where(9000)}/clone`, { newid: 900 }));
  expect(simulator.state.guests[900]?.config).toMatchObject({ scsi0 });
});

test("G6: a raw file on Btrfs can be snapshot, cloned from a snapshot, and linked to without its base's name", async () => {
  const { post, ended, where, simulator } = simulation();
  simulator.inflict({ do: "storage-type", storage: "nfs", type: "btrfs" });
  expect(await ended(await post(`${where(112)}/snapshot`, { snapname: "s1" }))).toBe("OK");
  const clone = await post(`${where(112)}/clone`, { newid: 900, full: 0, snapname: "s1" });
  expect(await ended(clone)).toBe("OK");
  expect(simulator.state.guests[900]?.config).toMatchObject({ scsi0: "nfs:900/vm-900-disk-0.raw,size=32G" });
});

test("G6: a container on ZFS lives in a file system, not in an image", async () => {
  const { post, ended, where, simulator } = simulation();
  simulator.inflict({ do: "storage-type", storage: "local-lvm", type: "zfspool" });
  const answer = await post(`${where(203)}/clone`, { newid: 900, full: 1 });
  expect(await ended(answer)).toBe("OK");
  expect(simulator.state.guests[900]?.config).toMatchObject({
    rootfs: "local-lvm:subvol-900-disk-0,size=8G",
  });
});
