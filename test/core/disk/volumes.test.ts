import * as fc from "fast-check";
import { expect, test } from "vitest";
import { foreignTo, ownerOf, volumesOf } from "../../../core/disk/index.ts";

test.for([
  ["local-lvm:vm-340-disk-0", 340],
  ["local-lvm:vm-9999-pvc-4f5a", 9999],
  ["local:340/vm-340-disk-0.qcow2", 340],
  ["local:9000/base-9000-disk-0.qcow2/101/vm-101-disk-0.qcow2", 101],
  ["local-zfs:base-9000-disk-0/vm-101-disk-0", 101],
  ["local-zfs:subvol-202-disk-1", 202],
  ["local-zfs:basevol-202-disk-1", 202],
  ["local-lvm:vm-340-cloudinit", 340],
  ["local:iso/vm-340-disk-0.iso", null],
  ["local:import/debian.qcow2", null],
  ["local:vztmpl/debian-12.tar.zst", null],
] as const)("C4: %s belongs to guest %s", ([volid, owner]) => {
  expect(ownerOf(volid)).toBe(owner);
});

test("C3: a volume is told once, with every place that names it: now, unused, and in snapshots", () => {
  const now = {
    scsi0: "local-lvm:vm-340-disk-0,size=8G",
    ide2: "none,media=cdrom",
    unused0: "local-lvm:vm-340-disk-1",
    mp0: "/srv/data,mp=/data",
  };
  const then = {
    scsi0: "local-lvm:vm-340-disk-0,size=8G",
    scsi1: "local-lvm:vm-340-disk-1,size=1G",
    ide2: "local:iso/debian.iso,media=cdrom",
    vmstate: "local-lvm:vm-340-state-s1",
  };
  const found = volumesOf(now, { s1: then, s2: { scsi0: now.scsi0 } });
  expect(
    found.map(({ volid, slots, kind, attached, snapshots }) => ({ volid, slots, kind, attached, snapshots })),
  ).toEqual([
    {
      volid: "local-lvm:vm-340-disk-0",
      slots: ["scsi0"],
      kind: "disk",
      attached: true,
      snapshots: ["s1", "s2"],
    },
    {
      volid: "local-lvm:vm-340-disk-1",
      slots: ["unused0", "scsi1"],
      kind: "disk",
      attached: false,
      snapshots: ["s1"],
    },
    { volid: "local:iso/debian.iso", slots: ["ide2"], kind: "cd-rom", attached: false, snapshots: ["s1"] },
    {
      volid: "local-lvm:vm-340-state-s1",
      slots: ["vmstate"],
      kind: "disk",
      attached: false,
      snapshots: ["s1"],
    },
  ]);
});

const Drive = fc.record({
  slot: fc.constantFrom("scsi0", "scsi1", "virtio3", "efidisk0", "tpmstate0", "rootfs", "mp4", "unused2"),
  storage: fc.constantFrom("local-lvm", "nfs"),
  owner: fc.integer({ min: 100, max: 103 }),
  number: fc.nat(3),
});
const Texts = fc
  .array(Drive, { maxLength: 6 })
  .map((drives) =>
    Object.fromEntries(
      drives.map(({ slot, storage, owner, number }) => [
        slot,
        `${storage}:vm-${owner}-disk-${number},size=1G`,
      ]),
    ),
  );
const Snapshots = fc.dictionary(fc.constantFrom("a", "b", "c"), Texts);
const volids = (texts: Readonly<Record<string, string>>) =>
  Object.values(texts).map((text) => text.split(",")[0] ?? "");

test("C3: whatever a guest names, now or in a snapshot, is among its volumes, once and with that place", () => {
  fc.assert(
    fc.property(Texts, Snapshots, (now, snapshots) => {
      const found = volumesOf(now, snapshots);
      const named = new Set([now, ...Object.values(snapshots)].flatMap(volids));
      expect(new Set(found.map(({ volid }) => volid))).toEqual(named);
      expect(found).toHaveLength(named.size);
      for (const [name, texts] of Object.entries(snapshots))
        for (const volid of volids(texts))
          expect(found.find((one) => one.volid === volid)?.snapshots).toContain(name);
      for (const [slot, text] of Object.entries(now)) {
        const volume = found.find(({ volid }) => volid === text.split(",")[0]);
        expect(volume?.slots).toContain(slot);
        expect(volume?.attached || slot.startsWith("unused")).toBe(true);
      }
    }),
  );
});

test("C4: the volumes of other guests and its own are all of them, and none is both", () => {
  fc.assert(
    fc.property(Texts, Snapshots, fc.integer({ min: 100, max: 103 }), (now, snapshots, vmid) => {
      const all = volumesOf(now, snapshots);
      const foreign = foreignTo(vmid, all);
      expect(foreign.every(({ volid }) => !volid.includes(`vm-${vmid}-`))).toBe(true);
      const own = all.filter((one) => !foreign.includes(one));
      expect(own.every(({ volid }) => volid.includes(`vm-${vmid}-`))).toBe(true);
    }),
  );
});
