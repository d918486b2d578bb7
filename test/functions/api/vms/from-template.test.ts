import { expect, test } from "vitest";
import * as Items from "../../../../functions/api/operations/items.ts";
import { spec } from "../../../../functions/api/vms/from-template.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { Operation, Plan, Problem } from "../../../kit/shape.ts";

const route = { spec };
const GIB = 1024 ** 3;
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ops+1@host";
const PASSWORD = "correct horse/battery";
const from = (body: Record<string, unknown> = {}, cluster = "main") => ({
  path: { cluster },
  body: { template: "main/9000", name: "db-03", ...body },
});
const CLONE = "POST /nodes/{node}/qemu/{vmid}/clone";
const CONFIG = "PUT /nodes/{node}/qemu/{vmid}/config";
const RESIZE = "PUT /nodes/{node}/qemu/{vmid}/resize";
const START = "POST /nodes/{node}/qemu/{vmid}/status/start";

const ALL = {
  full: true,
  storage: "nfs",
  cpu: { cores: 8 },
  memoryBytes: 16 * GIB,
  agent: true,
  cloudInit: {
    user: "ops",
    password: PASSWORD,
    sshKeys: [KEY],
    dns: { servers: ["10.0.0.53", "2001:db8::53"], searchDomain: "example.net" },
    networks: [
      { ipv4: "10.0.0.31/24", gateway4: "10.0.0.1", ipv6: "2001:db8::31/64", gateway6: "2001:db8::1" },
      { ipv4: "dhcp", ipv6: "auto" },
    ],
  },
  networks: [{ bridge: "vmbr0", vlan: 120 }, { bridge: "vmbr1" }],
  resize: { scsi0: 64 * GIB },
  tags: ["env-prod"],
  options: { onboot: true },
  start: true,
};

const configOf = ({ simulator }: Pick<Lab, "simulator">, vmid: number) =>
  simulator.state.guests[vmid]?.config;

test("202: a template becomes a guest of its own: size, cloud-init, networks, tags; it runs and its address is told", async () => {
  const stage = await lab({ mode: "strict" });
  const { operation, items } = await carriedOut(stage, await stage.call(route, from(ALL)));
  expect(operation).toMatchObject({ kind: "vm.from-template", state: "succeeded", progress: { total: 1 } });
  const result = { vmid: 100, node: "pve2", readiness: "ready", addresses: ["198.18.0.100/15"] };
  expect(items).toMatchObject([{ vm: { id: "main/100", name: "db-03", node: "pve2" }, result }]);
  expect(configOf(stage, 100)).toMatchObject({
    name: "db-03",
    cores: "8",
    memory: "16384",
    agent: "1",
    onboot: "1",
    ciuser: "ops",
    cipassword: PASSWORD,
    sshkeys: encodeURIComponent(KEY),
    nameserver: "10.0.0.53 2001:db8::53",
    searchdomain: "example.net",
    ipconfig0: "ip=10.0.0.31/24,gw=10.0.0.1,ip6=2001:db8::31/64,gw6=2001:db8::1",
    ipconfig1: "ip=dhcp,ip6=auto",
    net0: expect.stringMatching(/bridge=vmbr0,tag=120/),
    net1: expect.stringMatching(/bridge=vmbr1/),
    tags: "env-prod;moxxie",
    ide2: "nfs:100/vm-100-cloudinit.qcow2,media=cdrom,size=4M",
    scsi0: "nfs:100/vm-100-disk-0.qcow2,size=64G",
    description: `moxxie=${operation.id}/0`,
  });
  expect(stage.simulator.state.guests["100"]?.status).toBe("running");
  expect(writesTo(stage)).toEqual({ [CLONE]: 1, [CONFIG]: 1, [RESIZE]: 1, [START]: 1 });
});

test("D5: a card that waits for the next start hides no address of the one with which the new guest runs", async () => {
  const stage = await lab({ mode: "strict" });
  const { id } = Operation.parse((await stage.call(route, from(ALL))).json);
  for (let n = 0; n < 600 && stage.simulator.state.guests["100"]?.status !== "running"; n++)
    await stage.run(100);
  const pending = {
    net0: "virtio=BC:24:11:FF:FF:FE,bridge=vmbr0",
    net1: "virtio=BC:24:11:FF:FF:FF,bridge=vmbr1",
  };
  Object.assign(stage.simulator.state.guests["100"] ?? {}, { pending });
  await stage.settle(id);
  const { json } = await stage.call(Items, { path: { operation: id } });
  expect(json).toMatchObject({ items: [{ state: "succeeded", result: { readiness: "ready" } }] });
});

test("202: a linked clone is made unless a copy is asked for; it carries the owner tag, and no tag of the template", async () => {
  const stage = await lab({ mode: "strict" });
  const { items } = await carriedOut(stage, await stage.call(route, from({ vmid: 4300 })));
  expect(items).toMatchObject([{ state: "succeeded", result: { vmid: 4300, node: "pve2" } }]);
  expect(configOf(stage, 4300)).toMatchObject({
    tags: "moxxie",
    scsi0: "local-lvm:vm-4300-disk-0,size=32G",
  });
  expect(stage.simulator.state.guests["4300"]?.status).toBe("stopped");
  expect(writesTo(stage)).toEqual({ [CLONE]: 1, [CONFIG]: 1 });
});

test("202: a template without a cloud-init drive gives the guest one, so that what it is told reaches it", async () => {
  const stage = await lab();
  delete configOf(stage, 9000)?.["ide2"];
  await carriedOut(stage, await stage.call(route, from({ cloudInit: { user: "ops" } })));
  expect(configOf(stage, 100)).toMatchObject({
    ide2: "local-lvm:vm-100-cloudinit,media=cdrom",
    ciuser: "ops",
  });
});

test("202: password and keys are in no row, message, log line or answer, and nowhere once the guest is there", async () => {
  const stage = await lab({ mode: "strict" });
  const answer = await stage.call(route, from(ALL));
  const [body = ""] = [KEY.split(" ")[1]];
  const traces = () =>
    JSON.stringify([stage.store.dump(), stage.lines, stage.queues.list(), answer.json, answer.headers]);
  const secrets = [PASSWORD, encodeURIComponent(PASSWORD), KEY, encodeURIComponent(KEY), body];
  for (const secret of secrets) expect(traces()).not.toContain(secret);
  expect(stage.store.dump().filter(({ row }) => row.pk.startsWith("secret#"))).toHaveLength(1);
  const { operation, items } = await carriedOut(stage, answer);
  expect(operation.state).toBe("succeeded");
  for (const secret of secrets) expect(traces() + JSON.stringify([operation, items])).not.toContain(secret);
  expect(stage.store.dump().filter(({ row }) => row.pk.startsWith("secret#"))).toEqual([]);
});

test("202: audit tells of the template that was asked for and of the guest that came of it", async () => {
  const stage = await lab();
  const { operation } = await carriedOut(stage, await stage.call(route, from()));
  expect(await auditOf(stage)).toMatchObject([
    { action: "vm.from-template", target: "main/100", outcome: "succeeded", operation: operation.id },
    { action: "vm.from-template", target: "main/9000", outcome: "accepted", operation: operation.id },
  ]);
});

test("200: a dry run shows what would follow the copy, without secrets, and changes nothing", async () => {
  const stage = await lab({ mode: "strict" });
  const request = { ...from(ALL), query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer.status).toBe(200);
  expect(Plan.parse(answer.json)).toMatchObject({ kind: "vm.from-template", items: [{ willRun: true }] });
  const text = JSON.stringify(answer.json);
  expect(text).toContain('"step":"grow","disk":"scsi0"');
  for (const secret of [PASSWORD, KEY, encodeURIComponent(KEY)]) expect(text).not.toContain(secret);
});

test("202: protection comes last, so that what fails before can be taken away again", async () => {
  const stage = await lab();
  const body = from({ resize: { scsi0: 64 * GIB }, protection: true });
  await carriedOut(stage, await stage.call(route, body));
  expect(configOf(stage, 100)).toMatchObject({ protection: "1" });
  expect(writesTo(stage)).toEqual({ [CLONE]: 1, [CONFIG]: 2, [RESIZE]: 1 });
});

test("409: what is no template is not made a guest of", async () => {
  const stage = await lab({ mode: "off" });
  for (const full of [true, undefined]) {
    const body = from({ template: "main/110", ...(full ? { full } : {}) });
    const answer = await changingNothing(stage, () => stage.call(route, body));
    expect(answer).toMatchObject({ status: 409, json: { code: "vm.not-template" } });
  }
});

test("409: a VMID that is taken is not asked for", async () => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, from({ vmid: 101 })));
  expect(answer).toMatchObject({ status: 409, json: { code: "vm.exists" } });
});

test("403: a role that does not cover it is refused before Proxmox is asked; audit tells", async () => {
  const stage = await lab({ mode: "off" });
  const key = await stage.addKey("viewer");
  const answer = await changingNothing(stage, () => stage.call(route, { ...from(), key }));
  expect(answer).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
  expect(stage.simulator.counters().calls).toEqual({});
  expect(await auditOf(stage)).toMatchObject([{ action: "vm.from-template", outcome: "refused" }]);
});

test("404: an unknown template and an unknown cluster are told apart", async () => {
  const stage = await lab();
  const guest = await changingNothing(stage, () => stage.call(route, from({ template: "main/9999" })));
  expect(guest).toMatchObject({ status: 404, json: { code: "vm.missing" } });
  const other = from({ template: "other/9000" }, "other");
  const cluster = await changingNothing(stage, () => stage.call(route, other));
  expect(cluster).toMatchObject({ status: 404, json: { code: "cluster.missing" } });
});

const CARD = { bridge: "vmbr0", mac: "BC:24:11:00:00:02" };

test.for([
  ["/template", { template: "other/9000" }],
  ["/template", { template: "9000" }],
  ["/storage", { storage: "nfs" }],
  ["/node", { node: "pve9" }],
  ["/resize/scsi7", { resize: { scsi7: 64 * GIB } }],
  ["/resize/scsi0", { resize: { scsi0: GIB } }],
  ["/balloonBytes", { balloonBytes: 64 * GIB }],
  ["/networks/1/mac", { networks: [CARD, CARD] }],
  ["/options/memory", { options: { memory: 4 } }],
  ["/cloudInit/user", { cloudInit: { user: "o ps" } }],
  ["/cloudInit/sshKeys/0", { cloudInit: { sshKeys: [`command="x" ${KEY}`] } }],
  ["/cloudInit/sshKeys/0", { cloudInit: { sshKeys: [`${KEY}\nssh-rsa AAAA`] } }],
  ["/cloudInit/networks/0/ipv4", { cloudInit: { networks: [{ ipv4: "10.0.0.1/33" }] } }],
  ["/cloudInit/networks/0/ipv6", { cloudInit: { networks: [{ ipv6: "fe80::1%eth0/64" }] } }],
  ["/cloudInit/networks/0/gateway6", { cloudInit: { networks: [{ ipv6: "auto", gateway6: "fe80::1" }] } }],
  ["/cloudInit/dns/servers/0", { cloudInit: { dns: { servers: ["dns.example.net"] } } }],
  ["/cloudInit/pasword", { cloudInit: { pasword: "x" } }],
] as const)("400: %s; nothing is made", async ([pointer, body]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, from(body)));
  expect(answer.status).toBe(400);
  expect(Problem.parse(answer.json).errors).toMatchObject([{ pointer }]);
});

test("503: a cluster that does not answer makes nothing", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { method: "GET" }, do: "cut-before" });
  const answer = await changingNothing(stage, () => stage.call(route, from()));
  expect(answer).toMatchObject({ status: 503, json: { code: "proxmox.unreachable" } });
});
