import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/create.ts";
import * as OperationRoute from "../../../../functions/api/operations/get.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { addTemplate, OS_TEMPLATE } from "../../../kit/os-template.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { Operation, Plan, Problem } from "../../../kit/shape.ts";

const route = { spec };
const GIB = 1024 ** 3;
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const CREATE = "POST /nodes/{node}/lxc";
const START = "POST /nodes/{node}/lxc/{vmid}/status/start";
const CONFIG = "PUT /nodes/{node}/lxc/{vmid}/config";

const SMALL = {
  type: "lxc",
  name: "ct-07",
  osTemplate: OS_TEMPLATE,
  memoryBytes: GIB,
  rootfs: { storage: "local-lvm", sizeBytes: 8 * GIB },
};
const small = (body: Record<string, unknown> = {}) => ({
  path: { cluster: "main" },
  body: { ...SMALL, ...body },
});

async function stocked(options: Parameters<typeof lab>[0] = {}): Promise<Lab> {
  const stage = await lab(options);
  addTemplate(stage);
  return stage;
}

const FULL = {
  ...SMALL,
  vmid: 4207,
  node: "pve2",
  description: "the seventh\nof them",
  cpu: { cores: 4, limit: 2.5, units: 200 },
  swapBytes: 0,
  rootfs: { storage: "local-lvm", sizeBytes: 1.5 * GIB, acl: true, mountOptions: ["noatime", "nodev"] },
  mountPoints: [
    { storage: "local-lvm", sizeBytes: 4 * GIB, path: "/srv/data", backup: true, quota: false },
    { storage: "local-lvm", sizeBytes: GIB, path: "/opt", readOnly: true, replicate: false },
  ],
  networks: [
    {
      bridge: "vmbr0",
      mac: "bc:24:11:00:00:02",
      ipv4: "10.0.0.31/24",
      gateway4: "10.0.0.1",
      ipv6: "auto",
      vlan: 120,
      firewall: true,
      mtu: 1400,
      rateMegabytes: 12.5,
    },
    {
      name: "lan",
      bridge: "vmbr1",
      mac: "BC:24:11:00:00:04",
      ipv4: "dhcp",
      trunks: [5, 6],
      connected: false,
    },
  ],
  dns: { servers: ["10.0.0.53", "2001:db8::53"], searchDomain: "example.net" },
  password: "hush-hush",
  sshKeys: [`${KEY} ops@host`, `${KEY} root@host`],
  features: { nesting: true },
  tags: ["client-acme", "Env-Prod"],
  pool: "acme",
  protection: true,
  options: { onboot: true, timezone: "Europe/Berlin", tty: 1, startup: "order=3,up=30" },
};

test("202: a container is made with all that the body names, on the node and with the VMID that it names", async () => {
  const stage = await stocked({ mode: "strict" });
  const answer = await stage.call(route, { path: { cluster: "main" }, body: FULL });
  const { operation, items } = await carriedOut(stage, answer);
  expect(operation).toMatchObject({ kind: "vm.create", state: "succeeded", progress: { total: 1 } });
  const vm = { id: "main/4207", name: "ct-07", node: "pve2" };
  expect(items).toMatchObject([{ vm, state: "succeeded", result: { vmid: 4207, node: "pve2" } }]);
  const guest = stage.simulator.state.guests["4207"];
  expect(guest?.config).toEqual({
    arch: "amd64",
    cores: "4",
    cpulimit: "2.5",
    cpuunits: "200",
    description: `the seventh\nof them\nmoxxie=${operation.id}/0`,
    features: "nesting=1",
    hostname: "ct-07",
    memory: "1024",
    mp0: "local-lvm:vm-4207-disk-1,mp=/srv/data,backup=1,quota=0,size=4G",
    mp1: "local-lvm:vm-4207-disk-2,mp=/opt,replicate=0,ro=1,size=1G",
    nameserver: "10.0.0.53 2001:db8::53",
    net0: "name=eth0,bridge=vmbr0,firewall=1,gw=10.0.0.1,hwaddr=BC:24:11:00:00:02,ip=10.0.0.31/24,ip6=auto,mtu=1400,rate=12.5,tag=120,type=veth",
    net1: "name=lan,bridge=vmbr1,hwaddr=BC:24:11:00:00:04,ip=dhcp,link_down=1,trunks=5;6,type=veth",
    onboot: "1",
    ostype: "debian",
    protection: "1",
    rootfs: "local-lvm:vm-4207-disk-0,acl=1,mountoptions=noatime;nodev,size=1536M",
    searchdomain: "example.net",
    startup: "order=3,up=30",
    swap: "0",
    tags: "client-acme;env-prod;moxxie",
    timezone: "Europe/Berlin",
    tty: "1",
    unprivileged: "1",
  });
  expect(guest).toMatchObject({ kind: "lxc", node: "pve2", status: "stopped" });
  expect(guest?.root).toEqual({ password: "hush-hush", keys: [`${KEY} ops@host`, `${KEY} root@host`] });
  expect(stage.simulator.state.pools["acme"]?.vms).toContain(4207);
  expect(writesTo(stage)).toEqual({ [CREATE]: 1, [CONFIG]: 1 });
});

test("202: without a VMID and a node it gets the lowest free one and the node with most to give; audit tells", async () => {
  const stage = await stocked({ mode: "strict" });
  const { operation, items } = await carriedOut(stage, await stage.call(route, small()));
  expect(items).toMatchObject([
    { vm: { id: "main/100", node: "pve1" }, result: { vmid: 100, node: "pve1" } },
  ]);
  expect(stage.simulator.state.guests["100"]?.config).toMatchObject({ swap: "512", tags: "moxxie" });
  expect(writesTo(stage)).toEqual({ [CREATE]: 1 });
  const rows = await auditOf(stage, {});
  expect(rows.filter(({ action }) => action === "vm.create")).toMatchObject([
    { target: "main/100", outcome: "succeeded", operation: operation.id, upid: items[0]?.upid },
    { target: "main/new", outcome: "accepted", operation: operation.id, decision: "allowed" },
  ]);
  expect(items[0]?.upid).toContain(":vzcreate:100:");
});

test("202: a container without unprivileged is an unprivileged one, on each version of Proxmox", async () => {
  for (const version of ["7.4", "8.4", "9.2"] as const) {
    const stage = await stocked({ version });
    const { operation } = await carriedOut(stage, await stage.call(route, small()));
    expect(operation.state).toBe("succeeded");
    expect(stage.simulator.state.guests["100"]?.config["unprivileged"]).toBe("1");
  }
});

test("202: start starts it; with readyWithin its address is waited for, and told", async () => {
  const stage = await stocked();
  const body = small({ start: true, readyWithin: "2m", networks: [{ bridge: "vmbr0", ipv4: "dhcp" }] });
  const { operation, items } = await carriedOut(stage, await stage.call(route, body));
  expect(operation.state).toBe("succeeded");
  expect(items[0]?.result).toEqual({
    vmid: 100,
    node: "pve1",
    readiness: "ready",
    addresses: ["198.18.0.100/8"],
  });
  expect(stage.simulator.state.guests["100"]?.status).toBe("running");
  expect(writesTo(stage)).toEqual({ [CREATE]: 1, [START]: 1 });
});

test("202: password and keys are kept nowhere, and shown by nothing", async () => {
  const stage = await stocked();
  const body = small({ password: "hush-hush", sshKeys: [`${KEY} ops@host`] });
  const answer = await stage.call(route, body);
  const { id } = Operation.parse(answer.json);
  const secret = /hush-hush|AAAAC3NzaC1lZDI1NTE5/;
  expect(JSON.stringify(stage.store.dump())).not.toMatch(secret);
  await carriedOut(stage, answer);
  expect(JSON.stringify(stage.store.dump())).not.toMatch(secret);
  expect((await stage.call(OperationRoute, { path: { operation: id } })).body).not.toMatch(secret);
  expect(stage.simulator.state.guests["100"]?.root).toEqual({
    password: "hush-hush",
    keys: [`${KEY} ops@host`],
  });
});

test.for([
  ["a feature that is for root alone", { features: { fuse: true } }, "proxmox.privilege"],
  ["nesting in a privileged one", { unprivileged: false, features: { nesting: true } }, "proxmox.privilege"],
] as const)(
  "202: %s is told by the item; nothing is left, and nothing is deleted",
  async ([, body, code]) => {
    const stage = await stocked();
    const { operation, items } = await carriedOut(stage, await stage.call(route, small(body)));
    expect(operation.state).toBe("failed");
    expect(items).toMatchObject([{ state: "failed", error: { code } }]);
    expect(stage.simulator.state.guests["100"]).toBeUndefined();
    expect(stage.simulator.state.volumes.filter(({ vmid }) => vmid === 100)).toEqual([]);
    expect(writesTo(stage)).toEqual({ [CREATE]: 1 });
  },
);

test("200: a dry run names the node, why the others were not taken, and changes nothing", async () => {
  const stage = await stocked({ mode: "strict" });
  Object.assign(stage.simulator.state.nodes["pve1"] ?? {}, { maintenance: true });
  const request = { ...small({ cpu: { cores: 4 }, password: "hush-hush" }), query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer.status).toBe(200);
  expect(Plan.parse(answer.json)).toMatchObject({
    kind: "vm.create",
    items: [{ vm: { id: "main/new" }, willRun: true, because: expect.stringMatching(/best on pve[23]$/) }],
  });
  expect(answer.body).toContain('{"node":"pve1","fits":false,"because":"it is in maintenance"}');
  expect(answer.body).not.toContain("hush-hush");
});

test("409: a VMID that a guest has is not asked for", async () => {
  const stage = await stocked();
  const answer = await changingNothing(stage, () => stage.call(route, small({ vmid: 101 })));
  expect(answer).toMatchObject({ status: 409, json: { code: "vm.exists" } });
});

test.for([
  ["memory", { memoryBytes: 4096 * GIB }, "pve1: it has"],
  ["room", { rootfs: { storage: "local-lvm", sizeBytes: 2000 * GIB } }, "storage local-lvm has"],
  ["a storage for containers", { rootfs: { storage: "nfs", sizeBytes: GIB } }, "nfs takes no rootdir"],
  ["its template's storage", { osTemplate: "nfs:vztmpl/x.tar.zst" }, "nfs takes no vztmpl"],
] as const)(
  "409: where no node has %s, nothing is made, and each node's reason is told",
  async ([, body, words]) => {
    const stage = await stocked();
    const answer = await changingNothing(stage, () => stage.call(route, small(body)));
    expect(answer).toMatchObject({ status: 409, json: { code: "placement.none" } });
    expect(Problem.parse(answer.json).detail).toContain(words);
  },
);

test("403: a role that does not cover vm.create is refused before Proxmox is asked; audit tells", async () => {
  const stage = await stocked({ mode: "off" });
  const key = await stage.addKey("viewer");
  const answer = await changingNothing(stage, () => stage.call(route, { ...small(), key }));
  expect(answer).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
  expect(stage.simulator.counters().calls).toEqual({});
  expect(await auditOf(stage)).toMatchObject([
    { action: "vm.create", outcome: "refused", decision: "refused" },
  ]);
});

const network = (...more: Record<string, unknown>[]) => ({
  networks: more.map((one) => ({ bridge: "vmbr0", ...one })),
});
const mount = (...more: Record<string, unknown>[]) => ({
  mountPoints: more.map((one) => ({ storage: "local-lvm", sizeBytes: GIB, path: "/srv", ...one })),
});

test.for([
  ["/type", { type: "openvz" }],
  ["/name", { name: "ct_07" }],
  ["/osTemplate", { osTemplate: undefined }],
  ["/osTemplate", { osTemplate: "/etc/shadow" }],
  ["/osTemplate", { osTemplate: "local:iso/debian.iso" }],
  ["/osTemplate", { osTemplate: "nosuch:vztmpl/x.tar.zst" }],
  ["/memoryBytes", { memoryBytes: 1024 ** 2 }],
  ["/swapBytes", { swapBytes: 1024 ** 2 + 1 }],
  ["/cpu/sockets", { cpu: { sockets: 2 } }],
  ["/rootfs", { rootfs: undefined }],
  ["/rootfs/storage", { rootfs: { storage: "nosuch", sizeBytes: GIB } }],
  ["/rootfs/sizeBytes", { rootfs: { storage: "local-lvm" } }],
  ["/mountPoints/0/storage", mount({ storage: "nosuch" })],
  ["/mountPoints/0/path", mount({ path: "/srv/../etc" })],
  ["/mountPoints/0/path", mount({ path: "/srv,shared=1" })],
  ["/mountPoints/1/path", mount({}, {})],
  ["/networks/0/bridge", network({ bridge: "vmbr0,tag=5" })],
  ["/networks/0/model", network({ model: "virtio" })],
  ["/networks/0/ipv4", network({ ipv4: "10.0.0.1" })],
  ["/networks/0/gateway4", network({ ipv4: "dhcp", gateway4: "10.0.0.1" })],
  ["/networks/0/gateway6", network({ gateway6: "2001:db8::1" })],
  ["/networks/1/name", network({}, { name: "eth0" })],
  ["/networks/1/mac", network({ mac: "bc:24:11:00:00:02" }, { mac: "BC:24:11:00:00:02" })],
  ["/networks/0/mtu", network({ mtu: 9 })],
  ["/features/mount", { features: { mount: "nfs" } }],
  ["/password", { password: "four" }],
  ["/password", { password: "[redacted]" }],
  ["/sshKeys/0", { sshKeys: ["ssh-ed25519 nonsense"] }],
  ["/sshKeys/0", { sshKeys: [`${KEY} a\n${KEY} b`] }],
  ["/disks", { disks: [] }],
  ["/cloudInit", { cloudInit: {} }],
  ["/options/hookscript", { options: { hookscript: "local:snippets/x" } }],
  ["/options/dev0", { options: { dev0: "/dev/kvm" } }],
  ["/options/mp0", { options: { mp0: "/etc,mp=/etc" } }],
] as const)("400: %s; Proxmox is asked for nothing but what it has", async ([pointer, body]) => {
  const stage = await stocked();
  const answer = await changingNothing(stage, () => stage.call(route, small(body)));
  expect(answer.status).toBe(400);
  expect(Problem.parse(answer.json).errors).toMatchObject([{ pointer }]);
});

test("400: fields of a container are none of a VM", async () => {
  const stage = await stocked();
  const body = { name: "web-07", memoryBytes: GIB, osTemplate: OS_TEMPLATE };
  const answer = await changingNothing(stage, () => stage.call(route, { path: { cluster: "main" }, body }));
  expect(Problem.parse(answer.json).errors).toMatchObject([{ pointer: "/osTemplate", code: "unknown" }]);
});

test("400: an option that this version of Proxmox does not have yet", async () => {
  const stage = await stocked({ version: "8.4" });
  const body = small({ options: { entrypoint: "/sbin/init" } });
  const answer = await changingNothing(stage, () => stage.call(route, body));
  expect(answer.status).toBe(400);
  expect(Problem.parse(answer.json).errors).toMatchObject([{ pointer: "/options/entrypoint" }]);
});
