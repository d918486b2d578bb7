import { expect, test } from "vitest";
import { rows, simulation } from "./lab.ts";

test("a created VM has its disk, a MAC address, a boot order and the tags as they were sent", async () => {
  const { get, post, ended } = simulation();
  const form = {
    vmid: 900,
    name: "new",
    scsi0: "local-lvm:4",
    net0: "virtio,bridge=vmbr0",
    tags: "b;A",
    pool: "acme",
  };
  const answer = await post("/nodes/pve1/qemu", form);
  expect(answer.json.data).toContain(":qmcreate:900:");
  expect(await ended(answer)).toBe("OK");
  expect((await get("/nodes/pve1/qemu/900/config")).json.data).toMatchObject({
    scsi0: "local-lvm:vm-900-disk-0,size=4G",
    net0: expect.stringMatching(/^virtio=([0-9A-F]{2}:){5}[0-9A-F]{2},bridge=vmbr0$/),
    boot: "order=scsi0;net0",
    tags: "b;A",
  });
  const content = rows(await get("/nodes/pve1/storage/local-lvm/content", { vmid: 900 }));
  expect(content).toMatchObject([{ volid: "local-lvm:vm-900-disk-0", size: 4 * 1024 ** 3, format: "raw" }]);
  const resource = rows(await get("/cluster/resources", { type: "vm" })).find(({ vmid }) => vmid === 900);
  expect(resource).toMatchObject({ pool: "acme", status: "stopped", name: "new" });
});

test("9.2 puts the tags of a creation in order", async () => {
  const { get, post, ended } = simulation({ version: "9.2" });
  await ended(await post("/nodes/pve1/qemu", { vmid: 900, tags: "b;A" }));
  expect((await get("/nodes/pve1/qemu/900/config")).json.data).toMatchObject({ tags: "a;b", boot: " " });
});

test("a creation is refused at once: id taken, storage or pool unknown, no quorum; and nothing is left", async () => {
  const { post, simulator } = simulation();
  const create = async (form: Record<string, string | number>) =>
    (await post("/nodes/pve1/qemu", form)).reason;
  expect(await create({ vmid: 102 })).toBe("unable to create VM 102 - VM 102 already exists on node 'pve2'");
  expect(await create({ vmid: 900, scsi0: "nosuch:4" })).toBe("storage 'nosuch' does not exist");
  expect(await create({ vmid: 900, pool: "x" })).toBe("Permission check failed (pool 'x' does not exist)");
  simulator.setQuorum(false);
  expect(await create({ vmid: 900 })).toBe("cluster not ready - no quorum?");
  expect(simulator.state.guests[900]).toBeUndefined();
});

test("a VMID is free until it is used, and the answer is text", async () => {
  const { get } = simulation();
  expect((await get("/cluster/nextid")).json.data).toBe("100");
  expect((await get("/cluster/nextid", { vmid: 101 })).json.errors).toEqual({
    vmid: "VM 101 already exists",
  });
});

test("a running, protected or locked VM is not destroyed; a stopped one goes with its disks", async () => {
  const { put, remove, ended, where, simulator } = simulation();
  expect((await remove(where(101))).reason).toBe("VM 101 is running - destroy failed");
  await put(`${where(107)}/config`, { protection: 1 });
  expect((await remove(where(107))).reason).toBe("can't remove VM 107 - protection mode enabled");
  await put(`${where(107)}/config`, { protection: 0 });
  Object.assign(simulator.state.guests[107] ?? {}, { lock: "backup" });
  expect(await ended(await remove(where(107)))).toBe("VM is locked (backup)");
  delete simulator.state.guests[107]?.lock;
  expect(await ended(await remove(where(107), { purge: 1 }))).toBe("OK");
  expect(simulator.state.guests[107]).toBeUndefined();
  expect(simulator.state.volumes.some(({ vmid }) => vmid === 107)).toBe(false);
});

test("G6: a linked clone on LVM-thin carries no name of its base, which can go all the same", async () => {
  const { get, post, remove, ended, where, simulator } = simulation();
  expect(await ended(await post(`${where(9000)}/clone`, { newid: 900, name: "fresh" }))).toBe("OK");
  const scsi0 = "local-lvm:vm-900-disk-0,size=32G";
  expect((await get(`${where(900)}/config`)).json.data).toMatchObject({ name: "fresh", scsi0 });
  expect(await ended(await remove(where(9000)))).toBe("OK");
  expect(simulator.state.guests[9000]).toBeUndefined();
});

test("a clone of a plain VM is full; a linked one is refused; a taken id too", async () => {
  const { get, post, ended, where } = simulation();
  expect((await post(`${where(107)}/clone`, { newid: 900, full: 0 })).reason).toBe(
    "Linked clone feature is not supported for 'local-lvm:vm-107-disk-0' (scsi0)",
  );
  expect((await post(`${where(107)}/clone`, { newid: 101 })).reason).toBe(
    "unable to create VM 101: config file already exists",
  );
  expect(await ended(await post(`${where(107)}/clone`, { newid: 900, storage: "nfs" }))).toBe("OK");
  expect((await get(`${where(900)}/config`)).json.data).toMatchObject({
    name: "Copy-of-VM-cache-1",
    scsi0: "nfs:900/vm-900-disk-0.raw,size=32G",
  });
});

test("a backup appears in the storage with its notes; restoring it brings the VM back", async () => {
  const { get, post, remove, ended, where } = simulation();
  const notes = String.raw`{{guestname}} on {{node}}\nby hand`;
  const dump = await post("/nodes/pve1/vzdump", { vmid: 107, storage: "backup", "notes-template": notes });
  expect(dump.json.data).toContain(":vzdump:107:");
  expect(await ended(dump)).toBe("OK");
  const [backup] = rows(await get("/nodes/pve1/storage/backup/content", { vmid: 107 }));
  expect(backup).toMatchObject({
    content: "backup",
    subtype: "qemu",
    format: "vma",
    notes: "cache-1 on pve1\nby hand",
  });
  await ended(await remove(where(107)));
  const restored = await post("/nodes/pve1/qemu", { vmid: 107, archive: String(backup?.volid) });
  expect(restored.json.data).toContain(":qmrestore:107:");
  expect(await ended(restored)).toBe("OK");
  expect((await get("/nodes/pve1/qemu/107/config")).json.data).toMatchObject({ name: "cache-1" });
});

test("a backup that fails says job errors; the reason is in the log; a VM elsewhere is no task at all", async () => {
  const { get, post, ended } = simulation();
  const dump = await post("/nodes/pve1/vzdump", { vmid: 999 });
  expect(await ended(dump)).toBe("job errors");
  const log = rows(await get(`/nodes/pve1/tasks/${String(dump.json.data)}/log`)).map(({ t }) => t);
  expect(log).toContain("ERROR: Backup of VM 999 failed - unable to find VM '999'");
  expect((await post("/nodes/pve1/vzdump", { vmid: 102 })).json.data).toBe("OK");
  expect((await post("/nodes/pve1/vzdump")).json.errors).toEqual({
    vmid: "property is missing",
  });
});

test("deleting a protected backup fails in the task, deleting what is not there is fine", async () => {
  const { put, remove, ended, simulator } = simulation();
  const volid = simulator.state.volumes.find(({ content }) => content === "backup")?.volid ?? "";
  const path = `/nodes/pve1/storage/backup/content/${encodeURIComponent(volid)}`;
  await put(path, { protected: 1 });
  expect(await ended(await remove(path))).toBe(
    `cannot remove protected volume '${volid.split(":")[1]}' on 'backup'`,
  );
  await put(path, { protected: 0 });
  expect(await ended(await remove(path))).toBe("OK");
  expect(await ended(await remove(path))).toBe("OK");
});

test("a migration moves the guest; to itself, to nowhere and of a running VM without online are refused", async () => {
  const { post, ended, where, simulator } = simulation();
  const migrate = (vmid: number, form: Record<string, string | number>) =>
    post(`${where(vmid)}/migrate`, form);
  expect((await migrate(107, { target: "pve1" })).json.errors).toEqual({ target: "target is local node." });
  expect((await migrate(107, { target: "nosuch" })).reason).toBe("no such cluster node 'nosuch'");
  expect((await migrate(103, { target: "pve1" })).reason).toBe("can't migrate running VM without --online");
  expect(await ended(await migrate(103, { target: "pve1", online: 1 }))).toBe("OK");
  expect(simulator.state.guests[103]).toMatchObject({ node: "pve1", status: "running" });
  expect(await ended(await migrate(107, { target: "pve2" }))).toBe("OK");
  expect(simulator.state.volumes.find(({ volid }) => volid === "local-lvm:vm-107-disk-0")?.node).toBe("pve2");
});

test("a disk grows, never shrinks, and is a task from 8.0 on but null in 7.4", async () => {
  const { get, put, ended, where } = simulation();
  const resize = (form: Record<string, string>) => put(`${where(107)}/resize`, form);
  expect(await ended(await resize({ disk: "scsi0", size: "+8G" }))).toBe("OK");
  expect((await get(`${where(107)}/config`)).json.data).toMatchObject({
    scsi0: "local-lvm:vm-107-disk-0,size=40G",
  });
  expect(await ended(await resize({ disk: "scsi0", size: "1G" }))).toBe("shrinking disks is not supported");
  expect(await ended(await resize({ disk: "scsi5", size: "1G" }))).toBe("disk 'scsi5' does not exist");
  const old = simulation({ version: "7.4" });
  expect((await old.put(`${old.where(107)}/resize`, { disk: "scsi0", size: "+8G" })).json.data).toBeNull();
});

test("a VM becomes a template once, and not while it has snapshots", async () => {
  const { post, ended, where } = simulation();
  await ended(await post(`${where(107)}/snapshot`, { snapname: "s1" }));
  expect((await post(`${where(107)}/template`)).reason).toBe(
    "unable to create template, because VM contains snapshots",
  );
  expect(await ended(await post(`${where(110)}/template`))).toBe("OK");
  expect((await post(`${where(110)}/template`)).reason).toBe("you can't convert a template to a template");
});

test("a VM made with empty disks does not react to a shutdown; a clone of a template does", async () => {
  const { post, ended, where } = simulation();
  await ended(await post("/nodes/pve1/qemu", { vmid: 900, scsi0: "local-lvm:4", start: 1 }));
  expect(await ended(await post(`${where(900)}/status/shutdown`, { timeout: 5 }))).toBe(
    "VM quit/powerdown failed - got timeout",
  );
  await ended(await post(`${where(9000)}/clone`, { newid: 901 }));
  await ended(await post(`${where(901)}/status/start`));
  expect(await ended(await post(`${where(901)}/status/shutdown`))).toBe("OK");
});
