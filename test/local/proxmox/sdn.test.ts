import { expect, test } from "vitest";
import { rows, simulation } from "./lab.ts";

const ZONES = "/cluster/sdn/zones";
const VNETS = "/cluster/sdn/vnets";

test.for([
  ["toolongname", "zone ID 'toolongname' can't be more length than 8 characters\n"],
  ["1bad", "zone ID '1bad' contains illegal characters\n"],
  ["bad-id", "zone ID 'bad-id' contains illegal characters\n"],
  ["x", "zone ID 'x' contains illegal characters\n"],
] as const)("H15: 8.4 refuses a zone of the name %s", async ([zone, complaint]) => {
  const { post } = simulation();
  expect(await post(ZONES, { zone, type: "simple" })).toMatchObject({
    status: 400,
    json: { errors: { zone: `invalid format - ${complaint}` } },
  });
});

test("H15: the name of a VNet is checked alike, by the schema itself from 9.0 on", async () => {
  const [older, newer] = [simulation(), simulation({ version: "9.2" })];
  const wrong = { vnet: "this-is-bad", zone: "z1" };
  expect((await older.post(VNETS, wrong)).json.errors).toEqual({
    vnet: "invalid format - vnet ID 'this-is-bad' contains illegal characters\n",
  });
  expect((await newer.post(VNETS, wrong)).status).toBe(400);
  expect((await newer.post(ZONES, { zone: "toolongname", type: "simple" })).status).toBe(400);
});

test("H15: what is new is pending until it is applied, and runs from then on", async () => {
  const { get, post, put, ended } = simulation();
  await post(ZONES, { zone: "z1", type: "simple" });
  await post(VNETS, { vnet: "v1", zone: "z1" });
  expect((await get(`${ZONES}/z1`, { pending: 1 })).json.data).toEqual({
    zone: "z1",
    type: "simple",
    digest: null,
    state: "new",
    pending: {},
  });
  expect(rows(await get(VNETS, { running: 1 }))).toEqual([]);
  expect(await ended(await put("/cluster/sdn"))).toBe("OK");
  expect(rows(await get(VNETS, { running: 1 }))).toMatchObject([{ vnet: "v1", zone: "z1" }]);
  await put(`${VNETS}/v1`, { alias: "new" });
  expect(rows(await get(VNETS, { pending: 1 }))).toMatchObject([
    { state: "changed", pending: { alias: "new" } },
  ]);
  expect((await get(`${VNETS}/v1`, { running: 1 })).json.data).not.toHaveProperty("alias");
});

test("H15: a zone with VNets stays, a VNet with subnets too; a gateway lies in its network", async () => {
  const { post, remove } = simulation();
  await post(ZONES, { zone: "z1", type: "simple" });
  await post(VNETS, { vnet: "v1", zone: "z1" });
  const subnets = `${VNETS}/v1/subnets`;
  const wrong = { subnet: "192.0.2.0/24", type: "subnet", gateway: "198.51.100.1" };
  expect((await post(subnets, wrong)).reason).toBe(
    "create sdn subnet object failed: 400 Parameter verification failed.",
  );
  expect((await post(subnets, { ...wrong, gateway: "192.0.2.1" })).status).toBe(200);
  expect((await remove(`${ZONES}/z1`)).reason).toContain("zone z1 is used by vnet v1");
  expect((await remove(`${VNETS}/v1`)).status).toBe(500);
  expect((await post(VNETS, { vnet: "v2", zone: "nosuch" })).reason).toContain(
    "cannot lookup undefined type!",
  );
});

test("H15: from 9.0 on every call about HA groups says that they were migrated, and a resource takes none", async () => {
  const { get, post, put, remove } = simulation({ version: "9.2" });
  const groups = "/cluster/ha/groups";
  const why = "ha groups have been migrated to rules";
  expect((await get(groups)).reason).toBe(`cannot index groups: ${why}`);
  expect((await get(`${groups}/g1`)).reason).toBe(`cannot read group: ${why}`);
  expect((await post(groups, { group: "g1", nodes: "pve1" })).reason).toBe(`cannot create group: ${why}`);
  expect((await put(`${groups}/g1`, { nodes: "pve1" })).reason).toBe(`cannot update group: ${why}`);
  expect((await remove(`${groups}/g1`)).reason).toBe(`cannot delete group: ${why}`);
  expect((await post("/cluster/ha/resources", { sid: "vm:101", group: "g1" })).reason).toBe(
    `invalid parameter 'group': ${why}`,
  );
});

test("H15: a report before a migration names every other node, with what it lacks", async () => {
  const { get, where, simulator } = simulation();
  Object.assign(simulator.state.storages["local-lvm"] ?? {}, { nodes: ["pve1", "pve2"] });
  expect((await get(`${where(107)}/migrate`)).json.data).toMatchObject({
    allowed_nodes: ["pve2"],
    not_allowed_nodes: { pve2: {}, pve3: { unavailable_storages: ["local-lvm"] } },
  });
});

test("H15: from 9.0 on the report tells what rules of HA hold together and apart", async () => {
  const { get, where, simulator } = simulation({ version: "9.2" });
  expect((await get(`${where(203)}/migrate`)).json.data).not.toHaveProperty("dependent-ha-resources");
  const rule = { type: "resource-affinity", affinity: "negative", resources: "ct:203,vm:102" };
  const near = { type: "resource-affinity", affinity: "positive", resources: "ct:203,ct:204" };
  Object.assign(simulator.state.sections, {
    "ha-resources": { "ct:203": {} },
    "ha-rules": { r1: rule, r2: near },
  });
  const node = simulator.state.guests[102]?.node ?? "";
  expect((await get(`${where(203)}/migrate`)).json.data).toMatchObject({
    "not-allowed-nodes": {
      [node]: { "blocking-ha-resources": [{ sid: "vm:102", cause: "resource-affinity" }] },
    },
    "dependent-ha-resources": ["ct:204"],
  });
});

test("H13: a restored VM has a cloud-init drive of its own, and drives cannot be given with an archive", async () => {
  const { get, post, ended, simulator } = simulation();
  const config = {
    scsi0: "nfs:100/vm-100-disk-0.qcow2,size=1G",
    ide2: "nfs:100/vm-100-cloudinit.qcow2,media=cdrom",
  };
  const volid = "backup:backup/vzdump-qemu-100-2026_11_23-02_00_00.vma";
  const facts = { content: "backup", format: "vma", size: 1, used: 1, ctime: 1, vmid: 100, config };
  simulator.state.volumes.push({ volid, storage: "backup", ...facts });
  const restore = { vmid: 900, archive: volid };
  expect((await post("/nodes/pve1/qemu", { ...restore, scsi1: "nfs:1" })).json.errors).toEqual({
    scsi1: "option conflicts with option 'archive'",
  });
  expect(await ended(await post("/nodes/pve1/qemu", restore))).toBe("OK");
  expect((await get("/nodes/pve1/qemu/900/config")).json.data).toMatchObject({
    scsi0: "nfs:900/vm-900-disk-0.qcow2,size=1G",
    ide2: "nfs:900/vm-900-cloudinit.qcow2,media=cdrom",
  });
  expect(await ended(await post("/nodes/pve1/qemu", { ...restore, vmid: 901, storage: "nosuch" }))).toMatch(
    /^command 'set .* failed: storage 'nosuch' does not exist$/,
  );
});
