import { expect, test } from "vitest";
import * as Cluster from "../../../core/cluster/index.ts";
import { disksOf, moving } from "../../../core/disk/index.ts";
import { readConfigFile } from "../../../core/proxmox/config-file.ts";
import { spec } from "../../../functions/api/vms/move-disk.ts";
import { bench } from "../../kit/bench.ts";
import { Operation } from "../../kit/shape.ts";

test("the task of another disk that was moved just before says nothing of a move whose answer got lost", async () => {
  const b = await bench({ speed: 100 });
  const body = { disk: "scsi0", storage: "nfs" };
  const answer = await b.call({ spec }, { path: { cluster: "main", vmid: 102 }, body });
  const { id } = Operation.parse(answer.json);
  await b.live(id);
  const item = await b.item(id);
  const proxmox = await Cluster.connect(b.world, "main");
  expect(await b.clock.until(moving.observe(proxmox, item))).toMatchObject({ state: "done" });
  const next = { ...item, detail: { ...item.detail, disk: "virtio1" } };
  expect(await b.clock.until(moving.observe(proxmox, next))).toEqual({ state: "absent" });
});

test("a configuration in a file ends where its snapshots begin, and comments are none of it", () => {
  const file = [
    "#qmdump#map:scsi0:drive-scsi0:local-lvm:raw:",
    "boot: order=scsi0",
    "scsi0: local-lvm:vm-1-disk-0,size=32G",
    "#scsi1: local-lvm:vm-1-disk-1,size=32G",
    "sata0: none,media=cdrom",
    "",
    "[before]",
    "scsi2: local-lvm:vm-1-disk-2,size=32G",
  ].join("\n");
  expect(disksOf(readConfigFile(file)).map(({ name, kind, storage }) => [name, kind, storage])).toEqual([
    ["sata0", "cd-rom", null],
    ["scsi0", "disk", "local-lvm"],
  ]);
  expect(disksOf(readConfigFile(""))).toEqual([]);
});
