import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/backups/restore.ts";
import { spec as retry } from "../../../../functions/api/operations/retry.ts";
import { placeBackup } from "../../../kit/backup.ts";
import { bench } from "../../../kit/bench.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { Operation, Plan, Problem } from "../../../kit/shape.ts";

const route = { spec };
const path = { cluster: "main" };
const AT = "2026-11-20T02:00:00Z";
const MOVE = "POST /nodes/{node}/qemu/{vmid}/move_disk";
const MOVE_VOLUME = "POST /nodes/{node}/lxc/{vmid}/move_volume";

const THREE = {
  scsi0: "local-lvm:vm-107-disk-0,size=32G",
  virtio1: "local-lvm:vm-107-disk-1,size=64G",
  sata2: "local-lvm:vm-107-disk-2,size=8G,backup=0",
  efidisk0: "local-lvm:vm-107-disk-3,efitype=4m,size=4M",
  ide2: "local:iso/debian.iso,media=cdrom,size=600M",
};

/** A stage with a backup of a VM that had three disks, of which one was no part of it, and an EFI disk. */
function withDisks(stage: Lab, vmid = 107, disks: Record<string, string> = THREE): string {
  const { ide2: _, ...config } = { ...stage.simulator.state.guests[vmid]?.config, ...disks };
  const cdrom = disks["ide2"] === undefined ? {} : { ide2: "none,media=cdrom" };
  return placeBackup(stage, vmid, AT, { config: { ...config, ...cdrom } });
}

/** Where each disk of a guest lies. */
const placesOf = ({ simulator }: Lab, vmid: number) =>
  Object.fromEntries(
    Object.entries(simulator.state.guests[vmid]?.config ?? {})
      .filter(([name]) => /^(?:(?:scsi|sata|virtio|efidisk|mp|unused)\d+|rootfs)$/.test(name))
      .map(([name, text]) => [name, text.split(":")[0]]),
  );
const volumesOf = ({ simulator }: Lab, vmid: number) =>
  simulator.state.volumes.filter((one) => one.vmid === vmid && one.content !== "backup");

test("202: disks that are named go on to storages of their own, the others lie on the one for all", async () => {
  const stage = await lab({ mode: "off" });
  const body = {
    volid: withDisks(stage),
    vmid: 5101,
    node: "pve1",
    storage: "local-lvm",
    storages: { virtio1: "nfs" },
  };
  const { operation, items } = await carriedOut(stage, await stage.call(route, { path, body }));
  expect(operation).toMatchObject({ state: "succeeded" });
  expect(items).toMatchObject([
    { result: { vmid: 5101, node: "pve1" }, upid: expect.stringContaining(":qmrestore:5101:") },
  ]);
  expect(placesOf(stage, 5101)).toEqual({ scsi0: "local-lvm", virtio1: "nfs", efidisk0: "local-lvm" });
  expect(volumesOf(stage, 5101)).toHaveLength(3);
  expect(writesTo(stage)[MOVE]).toBe(1);
});

test("202: where each disk has its storage, most bytes are restored there at once, and it starts only when all lie right", async () => {
  const stage = await lab({ mode: "off" });
  const storages = { scsi0: "local-lvm", virtio1: "nfs", efidisk0: "local-lvm" };
  const body = { volid: withDisks(stage), vmid: 5101, node: "pve1", storages, start: true };
  const { items } = await carriedOut(stage, await stage.call(route, { path, body }));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(placesOf(stage, 5101)).toEqual(storages);
  expect(writesTo(stage)[MOVE]).toBe(2);
  const began = (type: string) =>
    Object.values(stage.simulator.state.tasks).findLast((task) => task.type === type && task.id === "5101");
  expect(began("qmstart")?.starttime).toBeGreaterThanOrEqual(began("qmmove")?.endtime ?? Infinity);
  expect(stage.simulator.state.guests[5101]?.status).toBe("running");
});

test("202: the root and the mount points of a container go on too", async () => {
  const stage = await lab({ mode: "off" });
  Object.assign(stage.simulator.state.storages["nfs"] ?? {}, { content: ["images", "rootdir"] });
  const disks = { rootfs: "local-lvm:vm-203-disk-0,size=8G", mp0: "local-lvm:vm-203-disk-1,mp=/srv,size=4G" };
  const volid = withDisks(stage, 203, disks);
  const body = {
    volid,
    vmid: 5101,
    node: "pve1",
    storage: "local-lvm",
    storages: { rootfs: "nfs", mp0: "nfs" },
  };
  const { items } = await carriedOut(stage, await stage.call(route, { path, body }));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(placesOf(stage, 5101)).toEqual({ rootfs: "nfs", mp0: "nfs" });
  expect(writesTo(stage)[MOVE_VOLUME]).toBe(2);
});

test.each(["cut-before", "cut-after"] as const)(
  "202: a move whose answer is lost (%s) is known by where the disk is, and each disk is copied once",
  async (fault) => {
    // Where copies are quick, that of the disk before still stands in the list of tasks.
    for (const [nth, speed] of [
      [1, 1],
      [2, 1],
      [2, 100],
    ] as const) {
      const stage = await lab({ mode: "off", speed });
      const match = { method: "POST", path: "/nodes/{node}/qemu/{vmid}/move_disk", nth, times: 1 };
      stage.simulator.faults.add({ match, do: fault });
      const storages = { scsi0: "nfs", virtio1: "nfs" };
      const body = { volid: withDisks(stage), vmid: 5101, node: "pve1", storage: "local-lvm", storages };
      const { items } = await carriedOut(stage, await stage.call(route, { path, body }));
      expect(items).toMatchObject([{ state: "succeeded" }]);
      expect(placesOf(stage, 5101)).toEqual({ ...storages, efidisk0: "local-lvm" });
      expect(volumesOf(stage, 5101)).toHaveLength(3);
      const copies = Object.values(stage.simulator.state.tasks).filter(({ type }) => type === "qmmove");
      expect(copies).toHaveLength(2);
    }
  },
);

const REFUSED = { do: "answer", status: 500, reason: "storage 'nfs' is not online" } as const;

test.each(["refused", "full"])(
  "failed: a disk that cannot be moved (%s) is told with the guest that is there; it is not started, and a retry makes no other",
  async (how) => {
    const stage = await lab({ mode: "off" });
    const storages = { scsi0: "nfs", virtio1: "nfs" };
    const body = { volid: withDisks(stage), node: "pve1", storage: "local-lvm", storages, start: true };
    const answer = await stage.call(route, { path, body });
    const match = { method: "POST", path: "/nodes/{node}/qemu/{vmid}/move_disk" };
    if (how === "refused") stage.simulator.faults.add({ match, ...REFUSED });
    else Object.assign(stage.simulator.state.storages["nfs"] ?? {}, { full: true });
    const { operation, items } = await carriedOut(stage, answer);
    const vmid = Number(items[0]?.result?.["vmid"]);
    expect(items).toMatchObject([{ state: "failed", result: { vmid, node: "pve1" } }]);
    for (const word of [
      `main/${vmid} was restored`,
      "scsi0 is not on nfs",
      "virtio1 is not on nfs",
      "not started",
    ])
      expect(items[0]?.reason).toContain(word);
    expect(stage.simulator.state.guests[vmid]).toMatchObject({ status: "stopped" });
    expect(stage.simulator.state.guests[vmid]?.config.tags).toContain("moxxie");
    expect(placesOf(stage, vmid)).toMatchObject({ scsi0: "local-lvm", virtio1: "local-lvm" });
    const again = await stage.call({ spec: retry }, { path: { operation: operation.id } });
    expect(again).toMatchObject({ status: 409, json: { code: "operation.nothing" } });
  },
);

test("409: a disk that is not in the backup, or no part of it; nothing is begun", async () => {
  const stage = await lab({ mode: "off" });
  const volid = withDisks(stage);
  for (const disk of ["scsi7", "sata2", "ide2"]) {
    const body = { volid, storage: "local-lvm", storages: { [disk]: "nfs" } };
    const answer = await changingNothing(stage, () => stage.call(route, { path, body }));
    expect(answer).toMatchObject({ status: 409, json: { code: "disk.missing" } });
    expect(answer.body).toContain("scsi0, virtio1");
  }
});

test("409: a storage that is not there, holds something else or does not take what no name is given for", async () => {
  const stage = await lab({ mode: "off" });
  const volid = withDisks(stage);
  const lost = withDisks(stage, 108, {
    scsi0: "ceph:vm-108-disk-0,size=8G",
    scsi1: "ceph:vm-108-disk-1,size=8G",
  });
  const container = placeBackup(stage, 203, AT);
  const cases = [
    [{ volid, storages: { scsi0: "nosuch" } }, "storage.missing"],
    [{ volid, storages: { scsi0: "backup" } }, "storage.content"],
    [{ volid: lost, storages: { scsi0: "nfs" } }, "storage.missing"],
    [{ volid: container, storage: "local-lvm", storages: { rootfs: "nfs" } }, "storage.content"],
    [{ volid: container }, "storage.content"],
  ] as const;
  for (const [body, code] of cases) {
    const answer = await changingNothing(stage, () =>
      stage.call(route, { path, body: { ...body, node: "pve1" } }),
    );
    expect(answer).toMatchObject({ status: 409, json: { code } });
  }
});

test.each([
  [{ "../scsi0": "nfs" }, "/storages/..~1scsi0"],
  [{ scsi0: "../nfs" }, "/storages/scsi0"],
  [{ scsi0: 1 }, "/storages/scsi0"],
  ["nfs", "/storages"],
])("400: %j names its field; Proxmox is never asked", async (storages, pointer) => {
  const stage = await lab({ mode: "off" });
  const body = { volid: "backup:backup/vzdump-qemu-107-2026_11_20-02_00_00.vma.zst", storages };
  const answer = await changingNothing(stage, () => stage.call(route, { path, body }));
  expect(answer.status).toBe(400);
  expect(Problem.parse(answer.json).errors).toMatchObject([{ pointer }]);
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test("200: a dry run says where Proxmox restores to, and what is moved then", async () => {
  const stage = await lab({ mode: "off" });
  const body = {
    volid: withDisks(stage),
    vmid: 5101,
    node: "pve1",
    storages: { virtio1: "nfs", scsi0: "local-lvm" },
  };
  const query = { dryRun: "true" };
  const answer = await changingNothing(stage, () => stage.call(route, { path, query, body }));
  expect(Plan.parse(answer.json).items).toMatchObject([
    { willRun: true, detail: { storage: null, moves: [{ disk: "virtio1", storage: "nfs" }] } },
  ]);
});

test("a worker that dies at any write of a restore with moves makes one guest, each disk where it is wanted", async () => {
  const storages = { scsi0: "nfs", virtio1: "nfs" };
  for (let nth = 0; nth < 16; nth++)
    for (const when of ["before", "after"] as const) {
      const b = await bench({ mode: "off" });
      const before = Object.keys(b.simulator.state.guests).length;
      const body = { volid: withDisks(b), vmid: 5101, node: "pve1", storage: "local-lvm", storages };
      const answer = await b.call(route, { path, body });
      let seen = 0;
      b.broken.on((deed) => deed.port === "write" && seen++ === nth, when);
      const { id } = Operation.parse(answer.json);
      await b.live(id);
      expect((await b.items(id)).map(({ state }) => state)).toEqual(["succeeded"]);
      expect(Object.keys(b.simulator.state.guests)).toHaveLength(before + 1);
      expect(placesOf(b, 5101)).toEqual({ ...storages, efidisk0: "local-lvm" });
      expect(volumesOf(b, 5101)).toHaveLength(3);
    }
});
