import { expect, test } from "vitest";
import { poll } from "../../../../../core/inventory/index.ts";
import { spec } from "../../../../../functions/api/vms/migrate/post.ts";
import { lab, type Lab } from "../../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../../kit/proof.ts";
import { retag } from "../../../../kit/retag.ts";
import { Plan } from "../../../../kit/shape.ts";

const route = { spec };
const at = (vmid: number, body: object = {}) => ({ path: { cluster: "main", vmid }, body });
const MIGRATE = "POST /nodes/{node}/qemu/{vmid}/migrate";
const guestOf = (stage: Lab, vmid: number) => stage.simulator.state.guests[vmid];
const configure = (stage: Lab, vmid: number, config: object) =>
  Object.assign(guestOf(stage, vmid)?.config ?? {}, config);

test("202: a VM that runs goes live with its local disks, and audit tells", async () => {
  const stage = await lab({ mode: "strict" });
  const request = at(102, { target: "pve3" });
  const { operation, items } = await carriedOut(stage, await stage.call(route, request));
  expect(operation).toMatchObject({ kind: "vm.migrate", state: "succeeded" });
  expect(items).toMatchObject([
    { upid: expect.stringContaining(":qmigrate:102:"), result: { node: "pve3" } },
  ]);
  expect(guestOf(stage, 102)).toMatchObject({ node: "pve3", status: "running" });
  const disk = stage.simulator.state.volumes.find(({ volid }) => volid === "local-lvm:vm-102-disk-0");
  expect(disk?.node).toBe("pve3");
  expect(writesTo(stage)).toEqual({ [MIGRATE]: 1 });
  expect(await auditOf(stage, { target: "main/102" })).toMatchObject([
    { action: "vm.migrate", outcome: "succeeded" },
    { action: "vm.migrate", outcome: "accepted" },
  ]);
});

test("202: without a target the emptiest node that can take it is chosen, and the plan says why", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.storages["local-lvm"] ?? {}, { nodes: ["pve1", "pve2"] });
  const request = { ...at(102), query: { dryRun: "true" } };
  const planned = await changingNothing(stage, () => stage.call(route, request));
  expect(Plan.parse(planned.json).items).toMatchObject([
    { willRun: true, because: expect.stringContaining("goes to pve1: "), detail: { target: "pve1" } },
  ]);
  const { items } = await carriedOut(stage, await stage.call(route, at(102)));
  expect(items).toMatchObject([{ state: "succeeded", result: { node: "pve1" } }]);
});

test("202: what is off goes too, and its disks to the storage that is asked for", async () => {
  const stage = await lab({ mode: "off" });
  const request = at(110, { target: "pve2", targetStorage: { "local-lvm": "nfs" }, bandwidthBytes: 1048576 });
  const { items } = await carriedOut(stage, await stage.call(route, request));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(guestOf(stage, 110)).toMatchObject({ node: "pve2", status: "stopped" });
  expect(guestOf(stage, 110)?.config["scsi0"]).toContain("nfs:110/");
});

test("202: with restart a container that runs is stopped, moved and started again", async () => {
  const stage = await lab({ mode: "off" });
  const request = at(202, { target: "pve1", restart: true, timeout: "60s" });
  const { items } = await carriedOut(stage, await stage.call(route, request));
  expect(items).toMatchObject([{ state: "succeeded", upid: expect.stringContaining(":vzmigrate:202:") }]);
  expect(guestOf(stage, 202)).toMatchObject({ node: "pve1", status: "running" });
});

test.for([{ restart: true, timeout: "60s" }, {}])(
  "202: a container that is off is moved, %j or not",
  async (manner) => {
    const stage = await lab({ mode: "off" });
    const answer = await stage.call(route, at(204, { target: "pve3", ...manner }));
    await carriedOut(stage, answer);
    expect(guestOf(stage, 204)).toMatchObject({ node: "pve3", status: "stopped" });
  },
);

test("409: what keeps the guest where it is; nothing happens", async () => {
  const stage = await lab({ mode: "off" });
  configure(stage, 104, { hostpci0: "0000:01:00.0" });
  configure(stage, 117, { ide2: "local:iso/debian.iso,media=cdrom" });
  stage.simulator.state.volumes.push({
    volid: "local:iso/debian.iso",
    storage: "local",
    node: "pve1",
    content: "iso",
    format: "iso",
    size: 1,
    used: 1,
    ctime: 1,
  });
  const cases: [number, object, string][] = [
    [102, { target: "pve2" }, "vm.there"],
    [102, { target: "pve3", withLocalDisks: false }, "migrate.local-disks"],
    [104, { target: "pve2" }, "migrate.local-devices"],
    [117, { target: "pve2" }, "migrate.cd-rom"],
    [202, { target: "pve1" }, "vm.running"],
    [110, { target: "pve2", targetStorage: "backup" }, "placement.unfit"],
  ];
  for (const [vmid, body, code] of cases) {
    const answer = await changingNothing(stage, () => stage.call(route, at(vmid, body)));
    expect({ vmid, body, answer }).toMatchObject({ answer: { status: 409, json: { code } } });
  }
});

test("409: to send disks of shared storage elsewhere, which Proxmox does not do; nothing happens", async () => {
  const stage = await lab({ mode: "off" });
  for (const targetStorage of ["local-lvm", { nfs: "local-lvm" }]) {
    const request = at(103, { target: "pve1", targetStorage });
    const answer = await changingNothing(stage, () => stage.call(route, request));
    expect(answer).toMatchObject({ status: 409, json: { code: "migrate.shared-storage" } });
  }
});

test("409: a folder of its node in a container, and local disks of a VM that is off; nothing happens", async () => {
  const stage = await lab({ mode: "off" });
  configure(stage, 202, { mp0: "/srv/data,mp=/data" });
  const folder = at(202, { target: "pve1", restart: true });
  const container = await changingNothing(stage, () => stage.call(route, folder));
  expect(container).toMatchObject({ status: 409, json: { code: "migrate.local-devices" } });
  const disks = at(110, { target: "pve2", withLocalDisks: false });
  const vm = await changingNothing(stage, () => stage.call(route, disks));
  expect(vm).toMatchObject({ status: 409, json: { code: "migrate.local-disks" } });
});

test("202: a mapped device, a shared folder, more CPUs than the node has and an image called cloudinit keep none that is off", async () => {
  const stage = await lab({ mode: "off" });
  const { storages, volumes } = stage.simulator.state;
  const { nfs } = storages;
  if (!nfs) throw new Error("no storage");
  storages["isos"] = { ...nfs, storage: "isos", content: ["iso"] };
  const volid = "isos:iso/debian-12-cloudinit.iso";
  volumes.push({ volid, storage: "isos", content: "iso", format: "iso", size: 1, used: 1, ctime: 1 });
  configure(stage, 110, { hostpci0: "mapping=gpu", cores: "64", ide2: `${volid},media=cdrom` });
  configure(stage, 204, { mp0: "/srv/data,mp=/data,shared=1" });
  await stage.clock.until(poll(stage.world, "main"));
  for (const vmid of [110, 204]) {
    const { items } = await carriedOut(stage, await stage.call(route, at(vmid, { target: "pve2" })));
    expect(items).toMatchObject([{ state: "succeeded" }]);
  }
});

test("409: a node that lacks a storage, one that is offline, and none that can; nothing happens", async () => {
  const stage = await lab();
  const { nodes, storages } = stage.simulator.state;
  Object.assign(storages["local-lvm"] ?? {}, { nodes: ["pve2", "pve3"] });
  const lacking = await changingNothing(stage, () => stage.call(route, at(102, { target: "pve1" })));
  expect(lacking).toMatchObject({ status: 409, json: { code: "placement.unfit" } });
  Object.assign(nodes["pve3"] ?? {}, { online: false });
  const offline = await changingNothing(stage, () => stage.call(route, at(102, { target: "pve3" })));
  expect(offline).toMatchObject({ status: 409, json: { code: "node.offline" } });
  const none = await changingNothing(stage, () => stage.call(route, at(102)));
  expect(none).toMatchObject({
    status: 409,
    json: {
      code: "placement.none",
      detail: expect.stringMatching(/pve1: it has no .*; pve3: it is offline/),
    },
  });
});

test("404: a node that is not there, and a guest; nothing happens", async () => {
  const stage = await lab();
  const node = await changingNothing(stage, () => stage.call(route, at(102, { target: "pve9" })));
  expect(node).toMatchObject({ status: 404, json: { code: "node.missing" } });
  const guest = await changingNothing(stage, () => stage.call(route, at(999, { target: "pve1" })));
  expect(guest).toMatchObject({ status: 404, json: { code: "vm.missing" } });
});

test("403: a foreign guest, an operator, and a container that is always on but for override; nothing happens", async () => {
  const stage = await lab();
  const foreign = await changingNothing(stage, () => stage.call(route, at(105, { target: "pve1" })));
  expect(foreign).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
  const request = { ...at(102, { target: "pve1" }), key: await stage.addKey("operator") };
  expect((await changingNothing(stage, () => stage.call(route, request))).status).toBe(403);
  await retag(stage, { 202: "always-on;moxxie" });
  const restart = { target: "pve1", restart: true };
  const always = await changingNothing(stage, () => stage.call(route, at(202, restart)));
  expect(always).toMatchObject({ status: 403, json: { code: "policy.always-on" } });
  await carriedOut(stage, await stage.call(route, at(202, { ...restart, override: true })));
  expect(guestOf(stage, 202)?.node).toBe("pve1");
});

test("202: a VM that is always on is moved live without override", async () => {
  const stage = await lab();
  const { items } = await carriedOut(stage, await stage.call(route, at(101, { target: "pve2" })));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

test.for([
  ["/target", { target: "a b" }],
  ["/target", { target: "../pve1" }],
  ["/targetStorage", { targetStorage: "a b" }],
  ["/targetStorage", { target: "pve2", targetStorage: "nowhere" }],
  ["/targetStorage/local-lvn", { target: "pve2", targetStorage: { "local-lvn": "nfs" } }],
  ["/targetStorage/local-lvm", { target: "pve2", targetStorage: { "local-lvm": "nowhere" } }],
  ["/timeout", { timeout: "60s" }],
  ["/bandwidthBytes", { bandwidthBytes: 1 }],
  ["/online", { online: true }],
] as const)("400: %s of %j; nothing happens", async ([pointer, body]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, at(102, body)));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
});
