import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/get.ts";
import { lab } from "../../../kit/lab.ts";
import { Vm } from "../../../kit/shape.ts";

const route = { spec };
const at = (vmid: number) => ({ path: { cluster: "main", vmid } });

test("200: a guest as the list shows it, with its configuration taken apart and its addresses", async () => {
  const stage = await lab();
  const answer = await stage.call(route, at(102));
  expect(answer.status).toBe(200);
  expect(Vm.parse(answer.json)).toMatchObject({ id: "main/102", type: "qemu", name: "web-2" });
  expect(answer.json).toMatchObject({
    cpu: { sockets: 1, cores: 2 },
    disks: [{ name: "scsi0", kind: "disk", storage: "local-lvm", sizeBytes: 32 * 1024 ** 3 }],
    networks: [{ name: "net0", model: "virtio", mac: "BC:24:11:00:00:66", bridge: "vmbr0" }],
    boot: ["scsi0", "net0"],
    firmware: "bios",
    agent: true,
    protection: false,
    pending: [],
    addresses: [{ interface: "eth0", mac: "BC:24:11:00:00:66", address: "198.18.0.102/15" }],
    warnings: [],
  });
  expect(Object.keys(stage.simulator.counters().calls).toSorted()).toEqual([
    "GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces",
    "GET /nodes/{node}/qemu/{vmid}/pending",
    "GET /nodes/{node}/qemu/{vmid}/status/current",
  ]);
});

test("200: a container, whose addresses Proxmox itself tells", async () => {
  const stage = await lab();
  const { json } = await stage.call(route, at(201));
  expect(json).toMatchObject({ type: "lxc", disks: [{ name: "rootfs", mountPoint: "/" }], firmware: null });
  expect(json).toMatchObject({ addresses: [{ interface: "eth0" }], networks: [{ model: "veth" }] });
});

const docker = { name: "docker0", "hardware-address": "02:42:00:00:00:01", hwaddr: "02:42:00:00:00:01" };
const inet = (address: string, prefix: number) => ({ "ip-address": address, prefix });

test("D5: bridges and tunnels inside a VM give it no addresses, its own cards do, whatever they are called", async () => {
  const stage = await lab();
  const mac = "bc:24:11:00:00:66";
  const interfaces = [
    { ...docker, "ip-addresses": [inet("172.17.0.1", 16)] },
    { name: "wg0", "ip-addresses": [inet("10.9.0.1", 24)] },
    { name: "br0", "hardware-address": mac, "ip-addresses": [inet("10.0.0.9", 24), inet("169.254.1.1", 16)] },
  ];
  Object.assign(stage.simulator.state.guests["102"] ?? {}, { interfaces });
  expect((await stage.call(route, at(102))).json).toMatchObject({
    addresses: [{ interface: "br0", address: "10.0.0.9/24" }],
  });
});

test("D4: a container's further addresses are told, each once, and those good on one link are not", async () => {
  const stage = await lab();
  const hwaddr = "bc:24:11:00:00:c9";
  const all = [inet("10.0.0.9", 24), inet("10.0.0.10", 24), inet("fe80::1", 64), inet("2001:db8::9", 64)];
  const eth0 = { name: "eth0", hwaddr, inet: "10.0.0.9/24", inet6: "fe80::1/64", "ip-addresses": all };
  const interfaces = [eth0, { ...docker, inet: "172.17.0.1/16" }];
  Object.assign(stage.simulator.state.guests["201"] ?? {}, { interfaces });
  const addresses = ["10.0.0.9/24", "10.0.0.10/24", "2001:db8::9/64"];
  expect((await stage.call(route, at(201))).json).toMatchObject({
    addresses: addresses.map((address) => ({ interface: "eth0", address })),
  });
});

test("D6: an agent that refuses is told in its own words", async () => {
  const stage = await lab();
  const body = JSON.stringify({
    data: { result: { error: { class: "CommandNotFound", desc: "disabled" } } },
  });
  const path = "/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces";
  stage.simulator.faults.add({ match: { path }, do: "answer", status: 200, reason: "OK", body });
  const { json } = await stage.call(route, at(102));
  expect(json).toMatchObject({
    addresses: null,
    warnings: [{ code: "vm.agent-silent", detail: expect.stringContaining("Agent error: disabled") }],
  });
});

/** What an agent or Proxmox may say beside what is right, and what of it is left out. */
const ODD: readonly (readonly [string, unknown, number])[] = [
  ["a MAC that is null", { name: "tun0", "hardware-address": null, hwaddr: null, "ip-addresses": [] }, 0],
  ["addresses that are null", { name: "tun0", "ip-addresses": null, inet: null, inet6: null }, 0],
  ["a row without a name", { "hardware-address": "00:00:00:00:00:00" }, 1],
  ["a row that is none", "tun0", 1],
  ["an address that is none", { name: "tun0", "ip-addresses": ["10.0.0.1", null] }, 2],
  ["all of it", [{ name: "tun0", "ip-addresses": [1] }, null, { name: "tun1", "ip-addresses": [2] }], 3],
];

test.for(ODD.flatMap(([what, row, unread]) => [102, 201].map((vmid) => [what, vmid, row, unread] as const)))(
  "D6: %s hides no other interface of guest %i",
  async ([, vmid, row, unread]) => {
    const stage = await lab();
    const mac = `bc:24:11:00:00:${vmid.toString(16)}`;
    const own = { name: "eth0", "hardware-address": mac, hwaddr: mac };
    const addresses = [{ ...inet("10.0.0.9", 24) }, { "ip-address": "2001:db8::9", prefix: null }];
    const interfaces = [...[row].flat(), { ...own, "ip-addresses": addresses }];
    Object.assign(stage.simulator.state.guests[vmid] ?? {}, { interfaces });
    const { json } = await stage.call(route, at(vmid));
    expect(json).toMatchObject({ addresses: [{ address: "10.0.0.9/24" }, { address: "2001:db8::9" }] });
    const told = { code: "vm.agent-unreadable", detail: expect.stringContaining(`${unread} row`) };
    expect(json).toMatchObject({ warnings: unread === 0 ? [] : [told] });
  },
);

test("D5: a card that waits for the next start hides no address of the one that is there, nor an agent", async () => {
  const stage = await lab();
  const pending = { net0: "virtio=BC:24:11:FF:FF:FF,bridge=vmbr0", agent: "0" };
  Object.assign(stage.simulator.state.guests[102] ?? {}, { pending });
  expect((await stage.call(route, at(102))).json).toMatchObject({
    networks: [{ name: "net0", mac: "BC:24:11:FF:FF:FF" }],
    agent: false,
    addresses: [{ mac: "BC:24:11:00:00:66", address: "198.18.0.102/15" }],
  });
});

test("D3: a guest is shown in the state that its node tells, whatever the last listing said", async () => {
  const stage = await lab();
  const guest = stage.simulator.state.guests[102];
  Object.assign(guest ?? {}, { qmpstatus: "io-error" });
  expect((await stage.call(route, at(102))).json).toMatchObject({ status: "paused" });
  Object.assign(guest ?? {}, { qmpstatus: undefined, status: "stopped", lock: "backup" });
  expect((await stage.call(route, at(102))).json).toMatchObject({
    status: "stopped",
    lock: "backup",
    addresses: [],
  });
});

test("200: on 7.4 a container's addresses are null, and a warning says that this version does not tell", async () => {
  const stage = await lab({ version: "7.4" });
  const { json } = await stage.call(route, at(201));
  expect(json).toMatchObject({ addresses: null, warnings: [{ code: "vm.agent-silent" }] });
});

test("200: an agent that does not answer is a warning; a guest that is off is not asked", async () => {
  const stage = await lab();
  const { guests } = stage.simulator.state;
  Object.assign(guests["102"] ?? {}, { deaf: true });
  const deaf = await stage.call(route, at(102));
  expect(deaf).toMatchObject({ status: 200, json: { addresses: null, disks: [{ name: "scsi0" }] } });
  expect(deaf.json).toMatchObject({ warnings: [{ code: "vm.agent-silent" }] });
  stage.simulator.resetCounters();
  expect((await stage.call(route, at(110))).json).toMatchObject({ addresses: [], warnings: [] });
  expect(stage.simulator.counters().total.requests).toBe(2);
});

test("200: an agent that hangs keeps nobody for more than five seconds", async () => {
  const stage = await lab();
  stage.simulator.faults.add({
    match: { path: "/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces" },
    do: "delay",
    milliseconds: 28_000,
  });
  const before = stage.clock.now().getTime();
  const { json } = await stage.call(route, at(102));
  expect(json).toMatchObject({ addresses: null, warnings: [{ code: "vm.agent-silent" }] });
  expect(stage.clock.now().getTime() - before).toBeLessThan(8000);
});

test("200: cloud-init without its secrets", async () => {
  const stage = await lab();
  const guest = stage.simulator.state.guests["110"];
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBP0n1Y1Zb0y7d5m3Yw7u4m0o8yq2m3rQ7p9a1sKdXcV ops@host";
  Object.assign(guest?.config ?? {}, {
    ciuser: "ops",
    cipassword: "hunter2",
    sshkeys: encodeURIComponent(key),
    ipconfig0: "ip=10.0.0.31/24,gw=10.0.0.1",
    args: "-vnc password=hunter2",
  });
  const { json, body } = await stage.call(route, at(110));
  expect(json).toMatchObject({
    cloudInit: {
      user: "ops",
      passwordSet: true,
      sshKeys: [{ type: "ssh-ed25519", comment: "ops@host" }],
      networks: [{ ipv4: "10.0.0.31/24", gateway4: "10.0.0.1" }],
    },
  });
  expect(body).not.toMatch(/hunter2|AAAAC3/);
});

test("200: fresh asks Proxmox, and so does a guest that the inventory does not know yet", async () => {
  const stage = await lab();
  const guest = stage.simulator.state.guests["110"];
  Object.assign(guest?.config ?? {}, { tags: "new" });
  expect((await stage.call(route, at(110))).json).not.toMatchObject({ tags: ["new"] });
  const fresh = await stage.call(route, { ...at(110), query: { fresh: "true" } });
  expect(fresh.json).toMatchObject({ tags: ["new"] });
  if (guest) stage.simulator.state.guests["555"] = { ...structuredClone(guest), vmid: 555 };
  expect(await stage.call(route, at(555))).toMatchObject({ status: 200, json: { id: "main/555" } });
});

test("200: a guest that has moved since it was listed is found where it is", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests["112"] ?? {}, { node: "pve1" });
  const { json } = await stage.call(route, at(112));
  expect(json).toMatchObject({ node: "pve1", disks: [{ name: "scsi0" }], warnings: [] });
});

test("200: Proxmox does not answer: the guest as it is known, and a warning for what is left out", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: {}, do: "cut-before" });
  const { status, json } = await stage.call(route, at(102));
  expect(status).toBe(200);
  expect(json).toMatchObject({
    id: "main/102",
    addresses: null,
    warnings: [{ code: "proxmox.unreachable" }],
  });
  expect(json).not.toHaveProperty("disks");
});

test("404: an unknown guest, and an unknown cluster without asking Proxmox", async () => {
  const stage = await lab();
  const cluster = await stage.call(route, { path: { cluster: "other", vmid: 101 } });
  expect(cluster).toMatchObject({ status: 404, json: { code: "cluster.missing" } });
  expect(stage.simulator.counters().total.requests).toBe(0);
  const guest = await stage.call(route, at(999));
  expect(guest).toMatchObject({ status: 404, json: { code: "vm.missing" } });
});

test("503: Proxmox does not answer, and the guest is not in the inventory", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: {}, do: "cut-before" });
  const answer = await stage.call(route, at(999));
  expect(answer).toMatchObject({ status: 503, json: { code: "proxmox.unreachable", retryable: true } });
});
