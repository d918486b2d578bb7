import { expect, test } from "vitest";
import { spec as clone } from "../../../../functions/api/vms/clone.ts";
import { spec } from "../../../../functions/api/vms/create.ts";
import { spec as move } from "../../../../functions/api/vms/move-disk.ts";
import { spec as snapshot } from "../../../../functions/api/vms/snapshots/create.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { carriedOut, changingNothing } from "../../../kit/proof.ts";

const route = { spec };
const GIB = 1024 ** 3;
const vm = (more: Record<string, unknown> = {}) => ({
  path: { cluster: "main" },
  body: { name: "web-07", memoryBytes: GIB, disks: [{ storage: "nfs", sizeBytes: GIB }], ...more },
});
const container = (more: Record<string, unknown> = {}) => ({
  path: { cluster: "main" },
  body: {
    type: "lxc",
    name: "ct-07",
    memoryBytes: GIB,
    osTemplate: "local:vztmpl/alpine.tar.zst",
    rootfs: { storage: "local-lvm", sizeBytes: GIB },
    ...more,
  },
});

/** Puts a file on the local storage of one node, or on a storage that all share. */
function put({ simulator }: Lab, volid: string, node?: string): void {
  const [storage = "", name = ""] = volid.split(":");
  const content = name.split("/")[0] ?? "";
  const facts = { content, format: "raw", size: GIB, used: GIB, ctime: 1 };
  simulator.state.volumes.push({ volid, storage, ...facts, ...(node !== undefined && { node }) });
}

const ISO = "local:iso/debian.iso";
const IMAGE = "local:import/debian.qcow2";
const imported = { disks: [{ storage: "nfs", importFrom: IMAGE }] };

test.for(["pve1", "pve2", "pve3"])(
  "C2: 202: a guest is made on %s, which alone has its ISO, image or template",
  async (node) => {
    const stage = await lab({ mode: "off" });
    for (const volid of [ISO, IMAGE, "local:vztmpl/alpine.tar.zst"]) put(stage, volid, node);
    for (const request of [vm({ iso: ISO }), vm(imported), container()]) {
      const { items } = await carriedOut(stage, await stage.call(route, request));
      expect(items).toMatchObject([{ state: "succeeded", vm: { node } }]);
    }
  },
);

test("C2: the disk of a guest on local storage is copied where it is", async () => {
  const stage = await lab({ mode: "off" });
  const source = stage.simulator.state.guests["102"];
  const importFrom = source?.config["scsi0"]?.split(",")[0] ?? "";
  const answer = await stage.call(route, vm({ disks: [{ storage: "nfs", importFrom }] }));
  expect((await carriedOut(stage, answer)).items).toMatchObject([{ vm: { node: source?.node } }]);
});

test.for([
  ["/iso", vm({ iso: ISO })],
  ["/iso", vm({ iso: ISO, node: "pve2" })],
  ["/iso", vm({ iso: "nfs:iso/none.iso" })],
  ["/disks/0/importFrom", vm(imported)],
  ["/osTemplate", container()],
  ["/networks/0/bridge", vm({ networks: [{ bridge: "vmbr9" }] })],
  ["/networks/0/bridge", container({ osTemplate: "nfs:vztmpl/a.tar.zst", networks: [{ bridge: "vmbr9" }] })],
  ["/options/hostpci0", vm({ options: { hostpci0: "mapping=gpu" } })],
  ["/options/usb0", vm({ options: { usb0: "mapping=key" } })],
  ["/pool", vm({ pool: "nosuch" })],
  ["/pool", vm({ pool: "acme/nosuch" })],
] as const)("I2: 400: what %s names is not there, in a dry run too", async ([pointer, request]) => {
  const stage = await lab({ mode: "off" });
  const { nfs } = stage.simulator.state.storages;
  Object.assign(nfs ?? {}, { content: ["images", "iso", "vztmpl"] });
  put(stage, "nfs:vztmpl/a.tar.zst");
  put(stage, ISO, "pve3");
  if (pointer === "/iso" && !("node" in request.body)) stage.simulator.state.volumes.pop();
  for (const query of [{}, { dryRun: "true" }]) {
    const answer = await changingNothing(stage, () => stage.call(route, { ...request, query }));
    expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer, code: "missing" }] } });
  }
});

test("I2: 202: a guest is placed where its mapped device is, and a VNet is a bridge", async () => {
  const stage = await lab({ mode: "off" });
  const { sections } = stage.simulator.state;
  sections["mapping-pci"] = { gpu: { map: "node=pve3,path=0000:01:00.0,id=10de:1eb8" } };
  sections["sdn-vnets"] = { blue: { zone: "z1" } };
  const request = vm({ options: { hostpci0: "mapping=gpu" }, networks: [{ bridge: "blue" }] });
  const { items } = await carriedOut(stage, await stage.call(route, request));
  expect(items).toMatchObject([{ state: "succeeded", vm: { node: "pve3" } }]);
});

test("I2: 202: what the token may not list is left to Proxmox", async () => {
  const stage = await lab({ mode: "off" });
  put(stage, ISO, "pve2");
  for (const path of ["/nodes/{node}/storage/{storage}/content", "/nodes/{node}/network"])
    stage.simulator.faults.add({
      match: { method: "GET", path },
      do: "answer",
      status: 403,
      reason: "Permission check failed",
    });
  const request = vm({ iso: ISO, node: "pve2", networks: [{ bridge: "vmbr0" }] });
  const { items } = await carriedOut(stage, await stage.call(route, request));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

const SHOT = { path: { cluster: "main", vmid: 100 }, body: { name: "s1" } };

test("H1: 202: a new disk on storage of files is qcow2, that of UEFI too, and a snapshot of it is possible", async () => {
  const stage = await lab({ mode: "off" });
  await carriedOut(stage, await stage.call(route, vm({ firmware: { type: "uefi" } })));
  const config = stage.simulator.state.guests["100"]?.config;
  for (const name of ["scsi0", "efidisk0"])
    expect(config?.[name]).toMatch(/^nfs:100\/vm-100-disk-\d\.qcow2,/);
  const { items } = await carriedOut(stage, await stage.call({ spec: snapshot }, SHOT));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

test.for([
  ["raw", vm({ disks: [{ storage: "nfs", sizeBytes: GIB, format: "raw" }] }), "scsi0 is raw on nfs"],
  ["vmdk", vm({ disks: [{ storage: "nfs", sizeBytes: GIB, format: "vmdk" }] }), "scsi0 is vmdk on nfs"],
  ["the state of a TPM", vm({ options: { tpmstate0: "nfs:1,version=v2.0" } }), "tpmstate0 is raw on nfs"],
] as const)(
  "H1: a plan says that a disk that is %s keeps the guest from snapshots",
  async ([, request, words]) => {
    const stage = await lab({ mode: "off" });
    const planned = await stage.call(route, { ...request, query: { dryRun: "true" } });
    const because = expect.stringContaining(`snapshots of it will not be possible: ${words}`);
    expect(planned).toMatchObject({ status: 200, json: { items: [{ willRun: true, because }] } });
  },
);

test("H1: 409: a refused snapshot blames the format, and names the disk", async () => {
  const stage = await lab({ mode: "off" });
  const raw = vm({ disks: [{ storage: "nfs", sizeBytes: GIB, format: "raw" }] });
  await carriedOut(stage, await stage.call(route, raw));
  const answer = await stage.call({ spec: snapshot }, SHOT);
  const detail = expect.stringMatching(/scsi0 \(nfs:100\/vm-100-disk-0\.raw\).*format/);
  expect(answer).toMatchObject({ status: 409, json: { code: "snapshot.unsupported", detail } });
});

test("H1: 202: what is copied to storage of files, or moved there, is qcow2 unless another format is asked for", async () => {
  const stage = await lab({ mode: "off" });
  const copy = { path: { cluster: "main", vmid: 110 }, body: { full: true, storage: "nfs" } };
  await carriedOut(stage, await stage.call({ spec: clone }, copy));
  expect(stage.simulator.state.guests["100"]?.config["scsi0"]).toContain(".qcow2");
  const moved = { path: { cluster: "main", vmid: 110 }, body: { disk: "scsi0", storage: "nfs" } };
  await carriedOut(stage, await stage.call({ spec: move }, moved));
  expect(stage.simulator.state.guests["110"]?.config["scsi0"]).toContain(".qcow2");
});
