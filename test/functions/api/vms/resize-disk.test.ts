import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/resize-disk.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";

const route = { spec };
const GIB = 1024 ** 3;
const at = (vmid: number, disk: string, sizeBytes: unknown) => ({
  path: { cluster: "main", vmid },
  body: { disk, sizeBytes },
});
const PUT = "PUT /nodes/{node}/qemu/{vmid}/resize";

test.for(["7.4", "8.4", "9.2"] as const)(
  "202: %s: a disk grows to the size, and audit tells",
  async (version) => {
    const stage = await lab({ mode: "strict", version });
    const { operation, items } = await carriedOut(stage, await stage.call(route, at(102, "scsi0", 64 * GIB)));
    expect(operation).toMatchObject({ kind: "vm.resize", state: "succeeded" });
    // Proxmox 7 does it while it answers, and tells no task.
    expect(String(items[0]?.upid)).toMatch(version === "7.4" ? /^null$/ : /:resize:102:/);
    expect(stage.simulator.state.guests["102"]?.config["scsi0"]).toContain("size=64G");
    expect(writesTo(stage)).toEqual({ [PUT]: 1 });
    const rows = await auditOf(stage, { target: "main/102", action: "vm.resize" });
    expect(rows.map(({ outcome }) => outcome).toSorted()).toEqual(["accepted", "succeeded"]);
  },
);

test("202: the root disk of a container grows", async () => {
  const stage = await lab({ mode: "off" });
  const { items } = await carriedOut(stage, await stage.call(route, at(201, "rootfs", 16 * GIB)));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(stage.simulator.state.guests["201"]?.config["rootfs"]).toContain("size=16G");
});

test.for(["7.4", "8.4"] as const)(
  "202: %s: an answer that got lost is settled by the size, and the disk grows once",
  async (version) => {
    const stage = await lab({ version });
    stage.simulator.faults.add({ match: { method: "PUT" }, do: "cut-after" });
    const { items } = await carriedOut(stage, await stage.call(route, at(102, "scsi0", 64 * GIB)));
    expect(items).toMatchObject([{ state: "succeeded" }]);
    expect(writesTo(stage)).toEqual({ [PUT]: 1 });
  },
);

test("202: a request that never arrived is sent again: the size is absolute", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { method: "PUT", times: 1 }, do: "cut-before" });
  const { items } = await carriedOut(stage, await stage.call(route, at(102, "scsi0", 64 * GIB)));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(stage.simulator.state.guests["102"]?.config["scsi0"]).toContain("size=64G");
});

test.for([
  [32, "disk.same"],
  [16, "disk.larger"],
] as const)("409: %s GiB: %s; nothing happens", async ([size, code]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, at(102, "scsi0", size * GIB)));
  expect(answer).toMatchObject({ status: 409, json: { code } });
});

test("404: a disk that the guest does not have, and a CD-ROM; nothing happens", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests["102"]?.config ?? {}, { ide2: "local:iso/a.iso,media=cdrom" });
  for (const disk of ["scsi7", "ide2"]) {
    const answer = await changingNothing(stage, () => stage.call(route, at(102, disk, 64 * GIB)));
    expect(answer).toMatchObject({ status: 404, json: { code: "disk.missing" } });
  }
});

test("403: a foreign guest, and an operator; nothing happens", async () => {
  const stage = await lab();
  const foreign = await changingNothing(stage, () => stage.call(route, at(105, "scsi0", 64 * GIB)));
  expect(foreign).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
  const request = { ...at(102, "scsi0", 64 * GIB), key: await stage.addKey("operator") };
  expect((await changingNothing(stage, () => stage.call(route, request))).status).toBe(403);
});

test.for([
  ["/disk", "net0", GIB],
  ["/disk", "scsi0,size=1", GIB],
  ["/sizeBytes", "scsi0", "64G"],
  ["/sizeBytes", "scsi0", GIB + 1],
  ["/sizeBytes", "scsi0", -1],
] as const)("400: %s; nothing happens", async ([pointer, disk, size]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, at(102, disk, size)));
  expect(answer.status).toBe(400);
  expect(answer.json).toMatchObject({
    errors: expect.arrayContaining([expect.objectContaining({ pointer })]),
  });
});

test("H5: 409: a vmdk file does not grow while its guest is off", async () => {
  const stage = await lab({ mode: "off" });
  const { config } = stage.simulator.state.guests["110"] ?? {};
  Object.assign(config ?? {}, { scsi0: "nfs:110/vm-110-disk-0.vmdk,size=32G" });
  const answer = await changingNothing(stage, () => stage.call(route, at(110, "scsi0", 64 * GIB)));
  expect(answer).toMatchObject({ status: 409, json: { code: "disk.format" } });
});
