import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/move-disk.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { Plan } from "../../../kit/shape.ts";

const route = { spec };
const at = (vmid: number, body: object) => ({
  path: { cluster: "main", vmid },
  body: { disk: "scsi0", ...body },
});
const MOVE = "POST /nodes/{node}/qemu/{vmid}/move_disk";

test("202: a disk is moved and its source kept as an unused disk, and audit tells", async () => {
  const stage = await lab({ mode: "strict" });
  const request = at(102, { storage: "nfs", format: "qcow2" });
  const { operation, items } = await carriedOut(stage, await stage.call(route, request));
  expect(operation).toMatchObject({ kind: "vm.move", state: "succeeded" });
  expect(items).toMatchObject([{ upid: expect.stringContaining(":qmmove:102:") }]);
  expect(stage.simulator.state.guests["102"]?.config).toMatchObject({
    scsi0: expect.stringMatching(/^nfs:.*\.qcow2/),
    unused0: "local-lvm:vm-102-disk-0",
  });
  expect(writesTo(stage)).toEqual({ [MOVE]: 1 });
  expect(await auditOf(stage, { target: "main/102" })).toMatchObject([
    { action: "vm.move", outcome: "succeeded" },
    { action: "vm.move", outcome: "accepted" },
  ]);
});

test("202: with deleteSource nothing is left of the source", async () => {
  const stage = await lab();
  await carriedOut(stage, await stage.call(route, at(102, { storage: "nfs", deleteSource: true })));
  expect(stage.simulator.state.guests["102"]?.config).not.toHaveProperty("unused0");
  const volids = stage.simulator.state.volumes.map(({ volid }) => volid);
  expect(volids).not.toContain("local-lvm:vm-102-disk-0");
});

test("202: a disk of a container is moved by its own call", async () => {
  const stage = await lab({ mode: "off" });
  Object.assign(stage.simulator.state.storages["nfs"] ?? {}, { content: ["images", "rootdir"] });
  const request = at(203, { disk: "rootfs", storage: "nfs" });
  const { items } = await carriedOut(stage, await stage.call(route, request));
  expect(items).toMatchObject([{ state: "succeeded", upid: expect.stringContaining(":move_volume:203:") }]);
});

test("202: an answer that got lost is settled by where the disk is, and nothing is copied twice", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { method: "POST" }, do: "cut-after" });
  const { items } = await carriedOut(stage, await stage.call(route, at(102, { storage: "nfs" })));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(writesTo(stage)).toEqual({ [MOVE]: 1 });
});

test("202: what Proxmox refuses fails with its words, and the disk stays where it is", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { method: "POST" }, do: "answer", status: 500, reason: "no room" });
  const { items } = await carriedOut(stage, await stage.call(route, at(102, { storage: "nfs" })));
  expect(items).toMatchObject([
    { state: "failed", error: { code: "proxmox.refused", detail: expect.stringContaining("no room") } },
  ]);
  expect(stage.simulator.state.guests["102"]?.config["scsi0"]).toContain("local-lvm:");
});

test("409: a disk that lies there already, and a format for a container; nothing happens", async () => {
  const stage = await lab({ mode: "off" });
  const there = await changingNothing(stage, () => stage.call(route, at(102, { storage: "local-lvm" })));
  expect(there).toMatchObject({ status: 409, json: { code: "disk.same" } });
  const request = at(203, { disk: "rootfs", storage: "nfs", format: "raw" });
  const format = await changingNothing(stage, () => stage.call(route, request));
  expect(format).toMatchObject({ status: 409, json: { code: "vm.container" } });
});

test("409: a storage that takes no such disks, and one that is not on the node; nothing happens", async () => {
  const stage = await lab({ mode: "off" });
  const nfs = stage.simulator.state.storages["nfs"];
  Object.assign(nfs ?? {}, { content: ["images", "backup"] });
  const container = at(203, { disk: "rootfs", storage: "nfs" });
  const unfit = await changingNothing(stage, () => stage.call(route, container));
  expect(unfit).toMatchObject({ status: 409, json: { code: "storage.content" } });
  Object.assign(nfs ?? {}, { nodes: ["pve1"] });
  const away = await changingNothing(stage, () => stage.call(route, at(102, { storage: "nfs" })));
  expect(away).toMatchObject({ status: 409, json: { code: "storage.missing" } });
});

test("404: a disk that the guest does not have; nothing happens", async () => {
  const stage = await lab();
  const request = at(102, { disk: "virtio3", storage: "nfs" });
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 404, json: { code: "disk.missing" } });
});

test("403: a foreign guest, and an operator; nothing happens", async () => {
  const stage = await lab();
  const foreign = await changingNothing(stage, () => stage.call(route, at(105, { storage: "nfs" })));
  expect(foreign).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
  const request = { ...at(102, { storage: "nfs" }), key: await stage.addKey("operator") };
  expect((await changingNothing(stage, () => stage.call(route, request))).status).toBe(403);
});

test.for([
  ["/storage", { storage: "a b" }],
  ["/storage", {}],
  ["/format", { storage: "nfs", format: "vdi" }],
  ["/delete", { storage: "nfs", delete: true }],
] as const)("400: %s; nothing happens", async ([pointer, body]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, at(102, body)));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
});

test("C: 409: the source of a disk that a snapshot holds is not deleted; kept, the disk moves", async () => {
  const stage = await lab({ mode: "off" });
  const guest = stage.simulator.state.guests["110"];
  if (guest) guest.snapshots["s1"] = { config: { ...guest.config }, snaptime: 1, description: "" };
  const request = at(110, { storage: "nfs", deleteSource: true });
  const dry = await changingNothing(stage, () =>
    stage.call(route, { ...request, query: { dryRun: "true" } }),
  );
  expect(Plan.parse(dry.json).items).toMatchObject([{ willRun: false, code: "disk.snapshot" }]);
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 409, json: { code: "disk.snapshot" } });
  const { items } = await carriedOut(stage, await stage.call(route, at(110, { storage: "nfs" })));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

test("C: 202: a snapshot that holds another disk keeps no source", async () => {
  const stage = await lab({ mode: "off" });
  const guest = stage.simulator.state.guests["110"];
  const { scsi0: disk = "", ...rest } = guest?.config ?? {};
  const config = { ...rest, scsi1: disk.replace("disk-0", "disk-1") };
  if (guest) guest.snapshots["s1"] = { config, snaptime: 1, description: "" };
  const request = at(110, { storage: "nfs", deleteSource: true });
  const { items } = await carriedOut(stage, await stage.call(route, request));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

test.for(["raw", "qcow2"])(
  "C: 409: a disk on block storage is not moved to where it is as %s",
  async (format) => {
    const stage = await lab({ mode: "off" });
    const request = at(110, { storage: "local-lvm", format });
    const answer = await changingNothing(stage, () => stage.call(route, request));
    expect(answer).toMatchObject({ status: 409, json: { code: "disk.same" } });
  },
);
