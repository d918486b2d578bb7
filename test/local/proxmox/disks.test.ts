import * as z from "zod";
import { expect, test } from "vitest";
import { simulation } from "./lab.ts";

const Config = z.record(z.string(), z.union([z.string(), z.number()]));

/** A node with one directory storage, a shared one, and LVM-thin; VMs are made with what a test asks for. */
function node(content = "images,iso,import") {
  const one = simulation({ nodes: 1, guests: 0 });
  const { state } = one.simulator;
  const base = { content: content.split(","), total: 1e12 };
  state.storages.nfs = { storage: "nfs", type: "nfs", shared: true, path: "/mnt/pve/nfs", ...base };
  state.storages.thin = { storage: "thin", type: "lvmthin", shared: false, ...base };
  const make = async (vmid: number, options: Record<string, string | number>) =>
    one.ended(await one.post("/nodes/pve1/qemu", { vmid, ...options }));
  const config = async (vmid: number) =>
    Config.parse((await one.get(`/nodes/pve1/qemu/${vmid}/config`)).json.data);
  const vm = (vmid: number) => `/nodes/pve1/qemu/${vmid}`;
  return { ...one, state, make, config, vm };
}

test.for(["local", "nfs"])(
  "H1: a new disk on %s without a format is raw, an EFI disk too",
  async (storage) => {
    const { make, config, get, vm } = node();
    expect(
      await make(100, { bios: "ovmf", efidisk0: `${storage}:1,efitype=4m`, scsi0: `${storage}:8` }),
    ).toBe("OK");
    expect(await config(100)).toMatchObject({
      efidisk0: `${storage}:100/vm-100-disk-0.raw,efitype=4m,size=528K`,
      scsi0: `${storage}:100/vm-100-disk-1.raw,size=8G`,
    });
    const { json } = await get(`${vm(100)}/feature`, { feature: "snapshot" });
    expect(json.data).toMatchObject({ hasFeature: 0 });
  },
);

test("H1: a storage whose own format is qcow2 makes qcow2; LVM-thin takes nothing but raw", async () => {
  const { make, config, state } = node();
  Object.assign(state.storages.nfs ?? {}, { options: { format: "qcow2" } });
  await make(100, { scsi0: "nfs:8" });
  expect(await config(100)).toMatchObject({ scsi0: "nfs:100/vm-100-disk-0.qcow2,size=8G" });
  expect(await make(101, { scsi0: "local:1", scsi1: "thin:8,format=qcow2" })).toBe(
    "unable to create VM 101 - unsupported format 'qcow2'",
  );
  expect(state.guests[101]).toBeUndefined();
  expect(state.volumes.filter(({ vmid }) => vmid === 101)).toEqual([]);
});

test("H2: EFI disks and TPM states have sizes of their own, whatever is asked for, and a TPM state is raw", async () => {
  const { make, config } = node();
  await make(100, { efidisk0: "nfs:8,efitype=4m", tpmstate0: "nfs:8,version=v2.0" });
  await make(101, { efidisk0: "local:8" });
  await make(102, { efidisk0: "thin:1,efitype=4m" });
  expect(await config(100)).toMatchObject({
    efidisk0: "nfs:100/vm-100-disk-0.raw,efitype=4m,size=528K",
    tpmstate0: "nfs:100/vm-100-disk-1.raw,size=4M,version=v2.0",
  });
  expect(await config(101)).toMatchObject({ efidisk0: "local:101/vm-101-disk-0.raw,size=128K" });
  expect(await config(102)).toMatchObject({ efidisk0: "thin:vm-102-disk-0,efitype=4m,size=4M" });
});

test("H2: a cloud-init drive tells its size once it was cloned or moved", async () => {
  const { make, config, post, ended, vm } = node();
  await make(100, { ide2: "local:cloudinit", scsi0: "local:1" });
  expect(await config(100)).toMatchObject({ ide2: "local:100/vm-100-cloudinit.qcow2,media=cdrom" });
  await ended(await post(`${vm(100)}/clone`, { newid: 101 }));
  expect(await config(101)).toMatchObject({ ide2: "local:101/vm-101-cloudinit.qcow2,media=cdrom,size=4M" });
});

test("H3: one counter numbers the disks of a VM on a storage through all formats, in the order of their keys", async () => {
  const { make, config, put, vm } = node();
  const wishes = {
    virtio1: "local:1,format=raw",
    scsi0: "local:1,format=qcow2",
    sata3: "local:1,format=vmdk",
    ide0: "local:1",
    efidisk0: "local:1",
    scsi10: "thin:1",
    scsi2: "thin:1",
  };
  await make(100, wishes);
  await put(`${vm(100)}/config`, { scsi5: "local:1" });
  expect(await config(100)).toMatchObject({
    efidisk0: "local:100/vm-100-disk-0.raw,size=128K",
    ide0: "local:100/vm-100-disk-1.raw,size=1G",
    sata3: "local:100/vm-100-disk-2.vmdk,size=1G",
    scsi0: "local:100/vm-100-disk-3.qcow2,size=1G",
    virtio1: "local:100/vm-100-disk-4.raw,size=1G",
    scsi10: "thin:vm-100-disk-0,size=1G",
    scsi2: "thin:vm-100-disk-1,size=1G",
    scsi5: "local:100/vm-100-disk-5.raw,size=1G",
  });
});

test.for([
  [{ ide0: "local:1", ide2: "local:cloudinit", net0: "virtio,bridge=vmbr0" }, "order=ide0;ide2;net0"],
  [{ virtio0: "local:1", scsi3: "local:1", net4: "virtio" }, "order=scsi3;net4"],
  [{ scsi10: "local:1", scsi2: "local:1", ide3: "none,media=cdrom" }, "order=scsi2;ide3"],
  [{ memory: "64" }, " "],
] as const)("H4: the boot order of %o is %s", async ([options, order]) => {
  const { make, config } = node();
  await make(100, options);
  expect(await config(100)).toMatchObject({ boot: order });
});

test.for(["delete", "unlink"])(
  "H4: a disk that goes by %s leaves the boot order; the last leaves a blank",
  async (way) => {
    const { make, config, put, vm } = node();
    await make(100, { scsi0: "local:1", scsi1: "local:1", boot: "order=scsi1;scsi0" });
    const drop = (name: string) =>
      way === "delete"
        ? put(`${vm(100)}/config`, { delete: name })
        : put(`${vm(100)}/unlink`, { idlist: name });
    await drop("scsi1");
    expect(await config(100)).toMatchObject({ boot: "order=scsi0", unused0: "local:100/vm-100-disk-1.raw" });
    await drop("scsi0");
    expect(await config(100)).toMatchObject({ boot: " ", unused1: "local:100/vm-100-disk-0.raw" });
  },
);

test("H5: a vmdk cannot be snapshot and not be resized", async () => {
  const { make, put, post, ended, vm } = node();
  await make(100, { scsi0: "local:1,format=vmdk" });
  expect(await ended(await put(`${vm(100)}/resize`, { disk: "scsi0", size: "2G" }))).toBe(
    "can't resize this image format",
  );
  expect(await ended(await post(`${vm(100)}/snapshot`, { snapname: "s1" }))).toBe(
    "snapshot feature is not available",
  );
});

test("H6: a network card that is set without an address gets one", async () => {
  const { make, config, put, vm } = node();
  await make(100, {});
  await put(`${vm(100)}/config`, { net2: "virtio,tag=5,bridge=vmbr0" });
  await put(`${vm(100)}/config`, { net3: "bridge=vmbr0,model=e1000,macaddr=BC:24:11:00:00:01" });
  expect(await config(100)).toMatchObject({
    net2: expect.stringMatching(/^virtio=([0-9A-F]{2}:){5}[0-9A-F]{2},bridge=vmbr0,tag=5$/),
    net3: "e1000=BC:24:11:00:00:01,bridge=vmbr0",
  });
});

test("H7: a cloud-init drive can be moved; another CD-ROM cannot", async () => {
  const { make, config, post, ended, vm } = node();
  await make(100, { ide2: "local:cloudinit", ide3: "none,media=cdrom" });
  const answer = await post(`${vm(100)}/move_disk`, { disk: "ide2", storage: "nfs", delete: 1 });
  expect(await ended(answer)).toBe("OK");
  expect(await config(100)).toMatchObject({ ide2: "nfs:100/vm-100-cloudinit.qcow2,media=cdrom,size=4M" });
  const cdrom = await post(`${vm(100)}/move_disk`, { disk: "ide3", storage: "nfs" });
  expect(cdrom.reason).toBe("you can't move a cdrom");
});

test("H7: a raw file becomes qcow2 on the same storage; without a new format it stays where it is", async () => {
  const { make, config, post, ended, vm } = node();
  await make(100, { scsi0: "local:3,discard=on", scsi1: "thin:1" });
  const move = (form: Record<string, string | number>) => post(`${vm(100)}/move_disk`, form);
  expect(await ended(await move({ disk: "scsi0", storage: "local", format: "qcow2" }))).toBe("OK");
  expect(await config(100)).toMatchObject({
    scsi0: "local:100/vm-100-disk-1.qcow2,discard=on,size=3G",
    unused0: "local:100/vm-100-disk-0.raw",
  });
  const same = "you can't move to the same storage with same format";
  expect((await move({ disk: "scsi0", storage: "local" })).reason).toBe(same);
  expect((await move({ disk: "scsi0", storage: "local", format: "qcow2" })).reason).toBe(same);
  expect((await move({ disk: "scsi1", storage: "thin", format: "qcow2" })).reason).toBe(same);
});

test("H8: a full clone with a storage and a format converts every disk; unused ones are left", async () => {
  const { make, config, put, post, ended, state, vm } = node();
  await make(100, { scsi0: "thin:1", scsi1: "local:2,ssd=1", ide2: "thin:cloudinit", tpmstate0: "thin:1" });
  await put(`${vm(100)}/config`, { virtio0: "thin:1" });
  await put(`${vm(100)}/config`, { delete: "virtio0" });
  const form = { newid: 101, full: 1, storage: "nfs", format: "qcow2" };
  expect(await ended(await post(`${vm(100)}/clone`, form))).toBe("OK");
  const clone = await config(101);
  expect(clone).toMatchObject({
    ide2: "nfs:101/vm-101-cloudinit.qcow2,media=cdrom,size=4M",
    scsi0: "nfs:101/vm-101-disk-0.qcow2,size=1G",
    scsi1: "nfs:101/vm-101-disk-1.qcow2,size=2G,ssd=1",
    tpmstate0: "nfs:101/vm-101-disk-2.raw,size=4M",
  });
  expect(clone).not.toHaveProperty("unused0");
  expect(state.volumes.filter(({ vmid }) => vmid === 101)).toHaveLength(4);
});

test.for(["raw", "qcow2", "vmdk"])(
  "H9: a linked clone of a base that is %s is qcow2, and holds its base",
  async (format) => {
    const { make, config, post, remove, ended, vm } = node();
    await make(100, { scsi0: `local:1,format=${format}` });
    await ended(await post(`${vm(100)}/template`));
    expect(await ended(await post(`${vm(100)}/clone`, { newid: 101 }))).toBe("OK");
    const base = `100/base-100-disk-0.${format}`;
    expect(await config(101)).toMatchObject({ scsi0: `local:${base}/101/vm-101-disk-0.qcow2,size=1G` });
    expect(await ended(await remove(vm(100)))).toBe(
      `base volume 'local:${base}' is still in use by linked cloned`,
    );
  },
);

test("H10: an import of a volume that is missing fails in the task, also where it is no known name", async () => {
  const { make, post, put, ended, state, vm } = node();
  const missing = "local:999/vm-999-disk-0.qcow2";
  expect(await make(100, { scsi0: `local:0,import-from=${missing}` })).toBe(
    `unable to create VM 100 - volume '${missing}' does not exist`,
  );
  expect(state.guests[100]).toBeUndefined();
  await make(101, {});
  const change = { scsi0: `local:0,import-from=${missing}` };
  expect(await ended(await post(`${vm(101)}/config`, change))).toBe(`volume '${missing}' does not exist`);
  expect((await put(`${vm(101)}/config`, change)).status).toBe(500);
});

test("H11: after a rollback to a snapshot older than a disk that disk is unused0, and notes stay", async () => {
  const { make, config, put, post, ended, vm } = node();
  await make(100, { scsi0: "local:1,format=qcow2", description: "old" });
  await ended(await post(`${vm(100)}/snapshot`, { snapname: "s1" }));
  await put(`${vm(100)}/config`, { scsi1: "local:2,format=qcow2", description: "new" });
  expect(await ended(await post(`${vm(100)}/snapshot/s1/rollback`))).toBe("OK");
  const after = await config(100);
  expect(after).toMatchObject({
    scsi0: "local:100/vm-100-disk-0.qcow2,size=1G",
    unused0: "local:100/vm-100-disk-1.qcow2",
    description: expect.stringContaining("new"),
    parent: "s1",
  });
  expect(after).not.toHaveProperty("scsi1");
  await ended(await post(`${vm(100)}/snapshot/s1/rollback`));
  expect(await config(100)).toMatchObject({ unused0: "local:100/vm-100-disk-1.qcow2" });
});

test("H12: what is pending lists the parent, and the lock", async () => {
  const { make, post, get, ended, state, vm } = node();
  await make(100, { scsi0: "local:1,format=qcow2" });
  await ended(await post(`${vm(100)}/snapshot`, { snapname: "s1" }));
  Object.assign(state.guests[100] ?? {}, { lock: "backup" });
  const { json } = await get(`${vm(100)}/pending`);
  expect(json.data).toContainEqual({ key: "parent", value: "s1" });
  expect(json.data).toContainEqual({ key: "lock", value: "backup" });
});
