import { expect, test } from "vitest";
import { rows, simulation } from "./lab.ts";

type Lab = ReturnType<typeof simulation>;

/** Has a node fetch an ISO image to its own storage. */
const fetchIso = async ({ post, ended }: Lab, node: string) =>
  ended(
    await post(`/nodes/${node}/storage/local/download-url`, {
      content: "iso",
      filename: "debian.iso",
      url: "https://example.org/debian.iso",
    }),
  );

const isosOf = async ({ get }: Lab, node: string) =>
  rows(await get(`/nodes/${node}/storage/local/content`, { content: "iso" })).map(({ volid }) => volid);

const ISO = "local:iso/debian.iso";

test("G1: a volume of local storage is its node's own: a second node fetches it too, and removes its own only", async () => {
  const found = simulation();
  expect(await fetchIso(found, "pve1")).toBe("OK");
  expect(await isosOf(found, "pve2")).toEqual([]);
  expect(await fetchIso(found, "pve2")).toBe("OK");
  expect([await isosOf(found, "pve1"), await isosOf(found, "pve2")]).toEqual([[ISO], [ISO]]);
  const path = `/nodes/pve1/storage/local/content/${encodeURIComponent(ISO)}`;
  expect(await found.ended(await found.remove(path))).toBe("OK");
  expect([await isosOf(found, "pve1"), await isosOf(found, "pve2")]).toEqual([[], [ISO]]);
});

test("G1: a VM is not made with an ISO image or a disk to import that only another node has", async () => {
  const found = simulation();
  await fetchIso(found, "pve1");
  const { post, ended } = found;
  const made = async (node: string, form: Record<string, string | number>) =>
    ended(await post(`/nodes/${node}/qemu`, form));
  expect(await made("pve2", { vmid: 900, ide2: `${ISO},media=cdrom` })).toBe(
    `unable to create VM 900 - volume '${ISO}' does not exist`,
  );
  expect(await made("pve1", { vmid: 901, ide2: `${ISO},media=cdrom` })).toBe("OK");
  const copied = "local-lvm:0,import-from=local-lvm:vm-107-disk-0";
  expect(await made("pve2", { vmid: 902, scsi0: copied })).toMatch(/vm-107-disk-0' does not exist$/);
  expect(await made("pve1", { vmid: 903, scsi0: copied })).toBe("OK");
});

/** Puts a disk with another guest's name into a stopped VM of pve1. */
const foreign = "local-lvm:vm-9999-disk-0";
function withForeignDisk({ simulator }: Lab) {
  const { guests, volumes } = simulator.state;
  Object.assign(guests["107"]?.config ?? {}, { scsi1: `${foreign},size=1G` });
  const facts = { content: "images", format: "raw", size: 1024 ** 3, used: 1, ctime: 1, vmid: 9999 };
  volumes.push({ volid: foreign, storage: "local-lvm", node: "pve1", ...facts });
}

const has = ({ simulator }: Lab, volid: string) =>
  simulator.state.volumes.some((volume) => volume.volid === volid);

test("G2: a guest goes without the disk of another guest; taken out of it, such a disk is let go", async () => {
  const found = simulation();
  withForeignDisk(found);
  const { put, get, remove, ended, where } = found;
  await put(`${where(107)}/config`, { delete: "scsi1" });
  expect((await get(`${where(107)}/config`)).json.data).not.toHaveProperty("unused0");
  expect(has(found, foreign)).toBe(true);
  withForeignDisk(found);
  const gone = { "destroy-unreferenced-disks": 1 };
  expect(await ended(await remove(where(107), gone))).toBe("OK");
  expect([has(found, foreign), has(found, "local-lvm:vm-107-disk-0")]).toEqual([true, false]);
});

const lines = async ({ get }: Lab, upid: unknown) =>
  rows(await get(`/nodes/pve1/tasks/${String(upid)}/log`)).map(({ t }) => String(t));

test("G2: a disk of another guest stays, and its guest with it", async () => {
  const found = simulation();
  withForeignDisk(found);
  const { post, ended, where } = found;
  const answer = await post(`${where(107)}/migrate`, { target: "pve2" });
  expect(await ended(answer)).toBe("migration aborted");
  expect(await lines(found, answer.json.data)).toEqual(
    expect.arrayContaining([
      `can't migrate local disk '${foreign}': owned by other VM (owner = VM 9999)`,
      expect.stringContaining("can't migrate VM - check log"),
    ]),
  );
  expect(found.simulator.state.guests["107"]?.node).toBe("pve1");
});

test.for([
  ["lvmthin", "off", "migration aborted"],
  ["lvmthin", "live", "migration aborted"],
  ["zfspool", "off", "OK"],
  ["zfspool", "live", "migration aborted"],
] as const)(
  "G2: a VM with a snapshot on local %s storage, %s: the migration ends with %s",
  async ([type, how, end]) => {
    const found = simulation();
    const { post, ended, where, simulator } = found;
    Object.assign(simulator.state.storages["local-lvm"] ?? {}, { type });
    await ended(await post(`${where(107)}/snapshot`, { snapname: "s1" }));
    if (how === "live") await ended(await post(`${where(107)}/status/start`));
    const form = { target: "pve2", online: 1, "with-local-disks": 1 };
    expect(await ended(await post(`${where(107)}/migrate`, form))).toBe(end);
  },
);

test("G2: an ISO image that only a snapshot names keeps a VM on its node, and the report names it", async () => {
  const found = simulation();
  await fetchIso(found, "pve1");
  const { post, put, get, ended, where, simulator } = found;
  Object.assign(simulator.state.storages["local-lvm"] ?? {}, { type: "zfspool" });
  await put(`${where(107)}/config`, { ide2: `${ISO},media=cdrom` });
  await ended(await post(`${where(107)}/snapshot`, { snapname: "s1" }));
  await put(`${where(107)}/config`, { delete: "ide2" });
  expect((await get(`${where(107)}/migrate`)).json.data).toMatchObject({
    local_disks: expect.arrayContaining([
      expect.objectContaining({ volid: ISO, cdrom: 1, is_attached: 0, referenced_in_snapshot: { s1: 1 } }),
    ]),
  });
  expect(await ended(await post(`${where(107)}/migrate`, { target: "pve2" }))).toBe("migration aborted");
});

test("G2: a VM comes to another node only by shared storage: its own, an ISO's and that of the copies", async () => {
  const found = simulation();
  await fetchIso(found, "pve1");
  const { post, put, where, simulator } = found;
  const clone = async (form: Record<string, string | number>) =>
    (await post(`${where(107)}/clone`, { newid: 900, target: "pve2", ...form })).reason;
  const local = "can't clone VM to node 'pve2' (VM uses local storage)";
  expect(await clone({})).toBe(local);
  expect(await clone({ storage: "nfs" })).toBe(local);
  Object.assign(simulator.state.guests["107"]?.config ?? {}, {
    scsi0: "nfs:107/vm-107-disk-0.qcow2,size=32G",
  });
  expect(await clone({ storage: "local-lvm" })).toBe("can't clone to non-shared storage 'local-lvm'");
  await put(`${where(107)}/config`, { ide2: `${ISO},media=cdrom` });
  expect(await clone({})).toBe(local);
  await put(`${where(107)}/config`, { delete: "ide2" });
  expect(await clone({})).toBe("OK");
});

test("G2: what was given to a clone that failed goes, and the backups of its VMID stay", async () => {
  const found = simulation();
  const { post, ended, where, simulator } = found;
  const backups = () => simulator.state.volumes.filter(({ content }) => content === "backup");
  const [backup] = backups();
  if (!backup) throw new Error("no backup");
  backup.vmid = 900;
  const before = backups().length;
  Object.assign(simulator.state.storages["local-lvm"] ?? {}, { full: true });
  expect(await ended(await post(`${where(107)}/clone`, { newid: 900 }))).toMatch(/^clone failed/);
  expect(backups()).toHaveLength(before);
});
