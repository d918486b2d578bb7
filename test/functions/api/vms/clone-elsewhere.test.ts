import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/clone.ts";
import { spec as fromTemplate } from "../../../../functions/api/vms/from-template.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { carriedOut, changingNothing } from "../../../kit/proof.ts";

const route = { spec };
/** A stopped VM of pve3 whose disk lies on shared storage. */
const at = (vmid: number, body: Record<string, unknown> = {}) => ({ path: { cluster: "main", vmid }, body });

const configOf = ({ simulator }: Lab, vmid: number) => simulator.state.guests[vmid]?.config ?? {};
const configure = (stage: Lab, vmid: number, options: Readonly<Record<string, string>>) =>
  Object.assign(configOf(stage, vmid), options);

/** A second shared storage. */
function addStorage({ simulator }: Lab): void {
  const { nfs } = simulator.state.storages;
  if (!nfs) throw new Error("no storage");
  simulator.state.storages["nfs2"] = { ...nfs, storage: "nfs2" };
}

test.for([
  ["its disk", { scsi1: "local-lvm:vm-103-disk-7,size=1G" }, {}],
  ["its disk, although the copy is not", { scsi1: "local-lvm:vm-103-disk-7,size=1G" }, { storage: "nfs2" }],
  ["an ISO image", { ide2: "local:iso/debian.iso,media=cdrom" }, {}],
  ["the drive of cloud-init", { ide2: "local-lvm:vm-103-cloudinit,media=cdrom" }, {}],
  ["the settings of UEFI", { efidisk0: "local-lvm:vm-103-disk-7,size=4M" }, {}],
  ["the state of a TPM", { tpmstate0: "local-lvm:vm-103-disk-7,size=4M" }, {}],
  ["the copy", {}, { storage: "local-lvm" }],
] as const)(
  "C1: 409: no copy comes to another node where storage of that node alone holds %s",
  async ([, drives, body]) => {
    const stage = await lab({ mode: "off" });
    addStorage(stage);
    configure(stage, 103, drives);
    const request = at(103, { node: "pve1", full: true, ...body });
    const answer = await changingNothing(stage, () => stage.call(route, request));
    expect(answer).toMatchObject({ status: 409, json: { code: "storage.local" } });
  },
);

test("C1: 202: an unused disk of one node is not copied, and keeps no copy from another", async () => {
  const stage = await lab({ mode: "off" });
  configure(stage, 103, { unused0: "local-lvm:vm-103-disk-7", ide2: "none,media=cdrom" });
  const answer = await stage.call(route, at(103, { node: "pve1", full: true }));
  expect((await carriedOut(stage, answer)).items).toMatchObject([
    { state: "succeeded", vm: { node: "pve1" } },
  ]);
});

test("C1: of a snapshot its own drives count, not those of now", async () => {
  const stage = await lab({ mode: "off" });
  const config = { ...configOf(stage, 103), ide2: "local:iso/debian.iso,media=cdrom" };
  Object.assign(stage.simulator.state.guests["103"] ?? {}, { snapshots: { s1: { config, snaptime: 1 } } });
  const request = at(103, { node: "pve1", full: true, snapshot: "s1" });
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 409, json: { code: "storage.local" } });
  const now = await stage.call(route, at(103, { node: "pve1", full: true }));
  expect((await carriedOut(stage, now)).operation.state).toBe("succeeded");
});

test("C1: 409: the other node lacks a storage that the drives lie on", async () => {
  const stage = await lab({ mode: "off" });
  Object.assign(stage.simulator.state.storages["nfs"] ?? {}, { nodes: ["pve2", "pve3"] });
  const answer = await changingNothing(stage, () => stage.call(route, at(103, { node: "pve1", full: true })));
  expect(answer).toMatchObject({ status: 409, json: { code: "storage.missing" } });
});

test("C1: 409: a guest out of a template comes to no other node by storage of one", async () => {
  const stage = await lab({ mode: "off" });
  const body = { template: "main/9000", name: "web-7", node: "pve1", full: true, storage: "nfs" };
  const request = { path: { cluster: "main" }, body };
  const answer = await changingNothing(stage, () => stage.call({ spec: fromTemplate }, request));
  expect(answer).toMatchObject({ status: 409, json: { code: "storage.local" } });
});

test("C1: the disks of a container may lie anywhere where its copies go to shared storage", async () => {
  const stage = await lab({ mode: "off" });
  Object.assign(stage.simulator.state.storages["nfs"] ?? {}, { content: ["images", "rootdir"] });
  const away = await changingNothing(stage, () => stage.call(route, at(204, { node: "pve2", full: true })));
  expect(away).toMatchObject({ status: 409, json: { code: "storage.local" } });
  const answer = await stage.call(route, at(204, { node: "pve2", full: true, storage: "nfs" }));
  expect((await carriedOut(stage, answer)).items).toMatchObject([
    { state: "succeeded", vm: { node: "pve2" } },
  ]);
});

test("C1: 409: a container that runs, or mounts a folder of its node, is not copied", async () => {
  const stage = await lab({ mode: "off" });
  const running = await changingNothing(stage, () => stage.call(route, at(202, { full: true })));
  expect(running).toMatchObject({ status: 409, json: { code: "vm.running" } });
  configure(stage, 204, { mp0: "/srv/data,mp=/data,shared=1" });
  const mounting = await changingNothing(stage, () => stage.call(route, at(204, { full: true })));
  expect(mounting).toMatchObject({ status: 409, json: { code: "disk.folder" } });
});

test("C4: 409: a guest with the disk of another guest is not copied, and the answer names it", async () => {
  const stage = await lab({ mode: "off" });
  configure(stage, 103, { scsi1: "nfs:9999/vm-9999-disk-0.qcow2,size=1G" });
  const answer = await changingNothing(stage, () => stage.call(route, at(103, { full: true })));
  expect(answer).toMatchObject({
    status: 409,
    json: { code: "disk.foreign", detail: expect.stringContaining("nfs:9999/vm-9999-disk-0.qcow2") },
  });
});
