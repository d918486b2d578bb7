import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/create.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { Plan, Problem } from "../../../kit/shape.ts";

const route = { spec };
const GIB = 1024 ** 3;
const DISK = { storage: "local-lvm", sizeBytes: 32 * GIB };
const small = (body: Record<string, unknown> = {}, cluster = "main") => ({
  path: { cluster },
  body: { name: "web-07", memoryBytes: 2 * GIB, disks: [DISK], ...body },
});
const CREATE = "POST /nodes/{node}/qemu";
const START = "POST /nodes/{node}/qemu/{vmid}/status/start";

const configOf = ({ simulator }: Pick<Lab, "simulator">, vmid: number) =>
  simulator.state.guests[vmid]?.config;

const FULL = {
  name: "web-07",
  vmid: 4207,
  node: "pve2",
  description: "the seventh\nof them",
  cpu: { type: "host", flags: ["+aes"], sockets: 2, cores: 4, numa: true, limit: 6.5, units: 200 },
  memoryBytes: 4 * GIB,
  balloonBytes: 2 * GIB,
  disks: [
    {
      bus: "scsi",
      slot: 0,
      storage: "local-lvm",
      sizeBytes: 32 * GIB,
      discard: true,
      ssd: true,
      iothread: true,
    },
    { bus: "virtio", storage: "nfs", sizeBytes: 10 * GIB, format: "qcow2", cache: "writeback" },
    { bus: "sata", storage: "nfs", sizeBytes: 1.5 * GIB, format: "raw", backup: false },
    { bus: "ide", storage: "nfs", sizeBytes: GIB, aio: "threads" },
    { storage: "local-lvm", sizeBytes: GIB },
  ],
  networks: [
    {
      bridge: "vmbr0",
      vlan: 120,
      firewall: true,
      mac: "bc:24:11:00:00:02",
      mtu: 1400,
      queues: 4,
      rateMegabytes: 12.5,
    },
    { bridge: "vmbr1", model: "e1000", mac: "BC:24:11:00:00:04", connected: false, trunks: [5, 6] },
  ],
  firmware: { type: "uefi", secureBoot: true, storage: "nfs" },
  machine: "q35",
  boot: ["scsi0", "net0"],
  agent: true,
  tags: ["client-acme", "Env-Prod"],
  pool: "acme",
  protection: true,
  options: { onboot: true, ostype: "l26", rng0: "source=/dev/urandom", tablet: 0, vga: "virtio,memory=64" },
};

test("202: a VM is made with all that the body names, on the node and with the VMID that it names", async () => {
  const stage = await lab({ mode: "strict" });
  const answer = await stage.call(route, { path: { cluster: "main" }, body: FULL });
  const { operation, items } = await carriedOut(stage, answer);
  expect(operation).toMatchObject({ kind: "vm.create", state: "succeeded", progress: { total: 1 } });
  const vm = { id: "main/4207", name: "web-07", node: "pve2" };
  expect(items).toMatchObject([{ vm, state: "succeeded", result: { vmid: 4207, node: "pve2" } }]);
  const { meta: _, smbios1: __, vmgenid: ___, ...config } = configOf(stage, 4207) ?? {};
  expect(config).toEqual({
    agent: "1",
    balloon: "2048",
    bios: "ovmf",
    boot: "order=scsi0;net0",
    cores: "4",
    cpu: "host,flags=+aes",
    cpulimit: "6.5",
    cpuunits: "200",
    description: `the seventh\nof them\nmoxxie=${operation.id}/0`,
    efidisk0: "nfs:4207/vm-4207-disk-0.qcow2,efitype=4m,pre-enrolled-keys=1,size=528K",
    ide0: "nfs:4207/vm-4207-disk-1.qcow2,aio=threads,size=1G",
    machine: "q35",
    memory: "4096",
    name: "web-07",
    net0: "virtio=BC:24:11:00:00:02,bridge=vmbr0,firewall=1,mtu=1400,queues=4,rate=12.5,tag=120",
    net1: "e1000=BC:24:11:00:00:04,bridge=vmbr1,link_down=1,trunks=5;6",
    numa: "1",
    onboot: "1",
    ostype: "l26",
    protection: "1",
    rng0: "source=/dev/urandom",
    sata0: "nfs:4207/vm-4207-disk-2.raw,backup=0,size=1536M",
    scsi0: "local-lvm:vm-4207-disk-0,discard=on,iothread=1,size=32G,ssd=1",
    scsi1: "local-lvm:vm-4207-disk-1,size=1G",
    scsihw: "virtio-scsi-single",
    sockets: "2",
    tablet: "0",
    tags: "client-acme;env-prod;moxxie",
    vga: "virtio,memory=64",
    virtio0: "nfs:4207/vm-4207-disk-3.qcow2,cache=writeback,size=10G",
  });
  expect(stage.simulator.state.pools["acme"]?.vms).toContain(4207);
  expect(stage.simulator.state.guests["4207"]).toMatchObject({ node: "pve2", status: "stopped" });
  expect(writesTo(stage)).toEqual({ [CREATE]: 1 });
});

test("202: without a VMID and a node it gets the lowest free one and the node with most to give", async () => {
  const stage = await lab({ mode: "strict" });
  const { items } = await carriedOut(stage, await stage.call(route, small()));
  expect(items).toMatchObject([
    { vm: { id: "main/100", node: "pve1" }, result: { vmid: 100, node: "pve1" } },
  ]);
  expect(configOf(stage, 100)).toMatchObject({ boot: "order=scsi0", tags: "moxxie" });
});

test("202: a node in maintenance, and one that is offline, are not chosen", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.nodes["pve1"] ?? {}, { maintenance: true });
  stage.simulator.inflict({ do: "node-offline", node: "pve3", on: true });
  const { items } = await carriedOut(stage, await stage.call(route, small()));
  expect(items).toMatchObject([{ result: { vmid: 100, node: "pve2" } }]);
});

test("202: an ISO is put into a drive, and the guest boots from it after its disk; start starts it", async () => {
  const stage = await lab();
  const iso = "nfs:iso/debian.iso";
  const file = { storage: "nfs", content: "iso", format: "iso", size: 9, used: 9, ctime: 0 };
  stage.simulator.state.volumes.push({ volid: iso, ...file });
  const body = small({ iso, networks: [{ bridge: "vmbr0" }], start: true });
  const { operation, items } = await carriedOut(stage, await stage.call(route, body));
  expect(operation.state).toBe("succeeded");
  expect(items[0]?.result).toEqual({ vmid: 100, node: "pve1" });
  expect(configOf(stage, 100)).toMatchObject({ ide2: `${iso},media=cdrom`, boot: "order=scsi0;ide2;net0" });
  expect(stage.simulator.state.guests["100"]?.status).toBe("running");
  expect(writesTo(stage)).toEqual({ [CREATE]: 1, [START]: 1 });
});

test("202: audit tells of the acceptance and of the new guest", async () => {
  const stage = await lab();
  const { operation, items } = await carriedOut(stage, await stage.call(route, small()));
  const rows = await auditOf(stage, {});
  expect(rows.filter(({ action }) => action === "vm.create")).toMatchObject([
    { target: "main/100", outcome: "succeeded", operation: operation.id, upid: items[0]?.upid },
    { target: "main/new", outcome: "accepted", operation: operation.id, decision: "allowed" },
  ]);
  expect(items[0]?.upid).toContain(":qmcreate:100:");
});

test("I2: 202: a pool that goes before its turn is told by the item, as no missing privilege; nothing is left", async () => {
  const stage = await lab();
  const accepted = await stage.call(route, small({ pool: "acme" }));
  delete stage.simulator.state.pools["acme"];
  const { operation, items } = await carriedOut(stage, accepted);
  expect(operation.state).toBe("failed");
  expect(items).toMatchObject([{ state: "failed", error: { code: "pool.missing" } }]);
  expect(stage.simulator.state.guests["100"]).toBeUndefined();
  expect(writesTo(stage)).toEqual({ [CREATE]: 1 });
});

test("200: a dry run names the node, why the others were not taken, and changes nothing", async () => {
  const stage = await lab({ mode: "strict" });
  Object.assign(stage.simulator.state.nodes["pve1"] ?? {}, { maintenance: true });
  const request = { ...small({ cpu: { cores: 4 } }), query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({ items: [{ vm: { id: "main/new", node: "pve2" } }] });
  expect(Plan.parse(answer.json)).toMatchObject({
    kind: "vm.create",
    items: [{ willRun: true, because: "it fits best on pve2" }],
  });
  expect(JSON.stringify(answer.json)).toContain(
    '{"node":"pve1","fits":false,"because":"it is in maintenance"}',
  );
});

test("409: a VMID that a guest has is not asked for", async () => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, small({ vmid: 101 })));
  expect(answer).toMatchObject({ status: 409, json: { code: "vm.exists" } });
});

test.for([
  ["memory", { memoryBytes: 4096 * GIB }, "pve1: it has"],
  ["CPUs", { cpu: { sockets: 2, cores: 32 } }, "it has 32 CPUs, and 64 are needed"],
  ["room", { disks: [{ storage: "local-lvm", sizeBytes: 2000 * GIB }] }, "storage local-lvm has"],
  ["a storage for disks", { disks: [{ storage: "backup", sizeBytes: GIB }] }, "takes no images"],
] as const)(
  "409: where no node has %s, nothing is made, and each node's reason is told",
  async ([, body, words]) => {
    const stage = await lab();
    const answer = await changingNothing(stage, () => stage.call(route, small(body)));
    expect(answer).toMatchObject({ status: 409, json: { code: "placement.none" } });
    expect(Problem.parse(answer.json).detail).toContain(words);
  },
);

test("409: a node that is asked for and cannot take the guest, or is offline, is not replaced by another", async () => {
  const stage = await lab();
  const large = { node: "pve2", cpu: { sockets: 2, cores: 32 } };
  const full = await changingNothing(stage, () => stage.call(route, small(large)));
  expect(full).toMatchObject({ status: 409, json: { code: "placement.unfit" } });
  stage.simulator.inflict({ do: "node-offline", node: "pve2", on: true });
  const away = await changingNothing(stage, () => stage.call(route, small({ node: "pve2" })));
  expect(away).toMatchObject({ status: 409, json: { code: "node.offline" } });
});

test("202: a node that is asked for takes a guest although it is full, or in maintenance", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.nodes["pve2"] ?? {}, { maintenance: true });
  const body = small({ node: "pve2", memoryBytes: 4096 * GIB });
  const { items } = await carriedOut(stage, await stage.call(route, body));
  expect(items).toMatchObject([{ result: { vmid: 100, node: "pve2" } }]);
});

test("403: a role that does not cover vm.create is refused before Proxmox is asked; audit tells", async () => {
  const stage = await lab({ mode: "off" });
  const key = await stage.addKey("viewer");
  const answer = await changingNothing(stage, () => stage.call(route, { ...small(), key }));
  expect(answer).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
  expect(stage.simulator.counters().calls).toEqual({});
  expect(await auditOf(stage)).toMatchObject([
    { action: "vm.create", outcome: "refused", decision: "refused" },
  ]);
});

test("404: an unknown cluster", async () => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, small({}, "other")));
  expect(answer).toMatchObject({ status: 404, json: { code: "cluster.missing" } });
});

const disk = (more: Record<string, unknown>) => ({ disks: [{ ...DISK, ...more }] });

test.for([
  ["/name", { name: "web_07" }],
  ["/vmid", { vmid: 99 }],
  ["/node", { node: "pve9" }],
  ["/memoryBytes", { memoryBytes: 2 * GIB + 1 }],
  ["/memoryBytes", { memoryBytes: 1024 ** 2 }],
  ["/balloonBytes", { balloonBytes: 4 * GIB }],
  ["/disks/0/slot", disk({ bus: "sata", slot: 6 })],
  ["/disks/1/slot", { disks: [DISK, { ...DISK, slot: 0 }, { ...DISK, slot: 0 }].slice(1) }],
  ["/disks/0/iothread", disk({ bus: "sata", iothread: true })],
  ["/disks/0/ssd", disk({ bus: "virtio", ssd: true })],
  ["/disks/0/storage", disk({ storage: "nosuch" })],
  ["/disks/0/sizeBytes", { disks: [{ storage: "nfs" }] }],
  ["/disks/0/importFrom", disk({ importFrom: "/etc/shadow" })],
  ["/disks/0/cache", disk({ cache: "fast" })],
  ["/disks/0/sizeGb", disk({ sizeGb: 4 })],
  ["/networks/0/bridge", { networks: [{ bridge: "vmbr0,tag=5" }] }],
  ["/networks/0/mtu", { networks: [{ bridge: "vmbr0", model: "e1000", mtu: 9000 }] }],
  ["/networks/0/mac", { networks: [{ bridge: "vmbr0", mac: "01:00:5e:00:00:01" }] }],
  ["/networks/0/vlan", { networks: [{ bridge: "vmbr0", vlan: 4095 }] }],
  ["/firmware/secureBoot", { firmware: { secureBoot: true } }],
  ["/firmware/storage", { firmware: { type: "uefi" }, disks: [] }],
  ["/boot/0", { boot: ["scsi5"] }],
  ["/iso", { iso: "nosuch:iso/debian.iso" }],
  ["/tags/0", { tags: ["a b"] }],
  ["/options/args", { options: { args: "-device evil" } }],
  ["/options/onbot", { options: { onbot: true } }],
  ["/options/onboot", { options: { onboot: "sometimes" } }],
  ["/options/shares", { options: { shares: 50_001 } }],
  ["/options/vga", { options: { vga: "std,memry=4" } }],
  ["/options/cores", { options: { cores: 4 } }],
  ["/options/scsi9", { options: { scsi9: "local-lvm:1" } }],
  ["/cloudInit/sshKeys/0", { cloudInit: { sshKeys: ["ssh-ed25519 nonsense"] } }],
  ["/cloudInit/networks/0/gateway4", { cloudInit: { networks: [{ ipv4: "dhcp", gateway4: "10.0.0.1" }] } }],
  ["/cloudInit/password", { cloudInit: { password: "[redacted]" } }],
] as const)("400: %s; Proxmox is asked for nothing but what it has", async ([pointer, body]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, small(body)));
  expect(answer.status).toBe(400);
  expect(Problem.parse(answer.json).errors).toMatchObject([{ pointer }]);
});

test("400: an option that this version of Proxmox does not have yet", async () => {
  const stage = await lab({ version: "8.4" });
  const body = small({ options: { "allow-ksm": false } });
  const answer = await changingNothing(stage, () => stage.call(route, body));
  expect(answer.status).toBe(400);
  expect(Problem.parse(answer.json).errors).toMatchObject([{ pointer: "/options/allow-ksm" }]);
  const newer = await lab({ version: "9.2" });
  expect((await carriedOut(newer, await newer.call(route, body))).operation.state).toBe("succeeded");
});

test("503: a cluster that does not answer makes nothing", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { method: "GET" }, do: "cut-before" });
  const answer = await changingNothing(stage, () => stage.call(route, small()));
  expect(answer).toMatchObject({ status: 503, json: { code: "proxmox.unreachable", retryable: true } });
});
