import { expect, test } from "vitest";
import { spec } from "../../../../../functions/api/vms/cloud-init/put.ts";
import { lab } from "../../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../../kit/proof.ts";
import { Plan, Problem } from "../../../../kit/shape.ts";

const route = { spec };
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ops@host";
const at = (vmid: number, body: Record<string, unknown> = { user: "ops" }) => ({
  path: { cluster: "main", vmid },
  body,
});
const CONFIG = "PUT /nodes/{node}/qemu/{vmid}/config";
const DRIVE = "PUT /nodes/{node}/qemu/{vmid}/cloudinit";

test("202: what is named is set, what is not stays, and the drive is written anew", async () => {
  const stage = await lab({ mode: "off" });
  const body = { password: "hush-hush", sshKeys: [KEY], networks: [{ ipv6: "auto" }] };
  const { operation, items } = await carriedOut(stage, await stage.call(route, at(9000, body)));
  expect(operation).toMatchObject({ kind: "vm.cloud-init", state: "succeeded" });
  expect(items).toMatchObject([{ vm: { id: "main/9000" } }]);
  expect(stage.simulator.state.guests["9000"]?.config).toMatchObject({
    ciuser: "debian",
    cipassword: "hush-hush",
    sshkeys: encodeURIComponent(KEY),
    ipconfig0: "ip6=auto",
  });
  expect(writesTo(stage)).toEqual({ [CONFIG]: 1, [DRIVE]: 1 });
  const text = JSON.stringify([stage.store.dump(), stage.lines, operation, items]);
  expect(text).not.toContain("hush-hush");
  expect(text).not.toContain(KEY.split(" ")[1]);
});

test("202: an empty list takes keys and servers away; it is not passed over", async () => {
  const stage = await lab({ mode: "off" });
  const full = { sshKeys: [KEY], dns: { servers: ["10.0.0.53"], searchDomain: "example.net" } };
  await carriedOut(stage, await stage.call(route, at(9000, full)));
  const { items } = await carriedOut(stage, await stage.call(route, at(9000, { sshKeys: [] })));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  const config = () => stage.simulator.state.guests["9000"]?.config;
  expect(config()).not.toHaveProperty("sshkeys");
  expect(config()).toMatchObject({ nameserver: "10.0.0.53", searchdomain: "example.net" });
  await carriedOut(stage, await stage.call(route, at(9000, { dns: { servers: [] } })));
  expect(config()).not.toHaveProperty("nameserver");
  expect(config()).toMatchObject({ searchdomain: "example.net" });
});

test("202: a VM without a drive for it gets one on the storage of its disks, or on the one that is named", async () => {
  const stage = await lab({ mode: "off" });
  await carriedOut(stage, await stage.call(route, at(110)));
  expect(stage.simulator.state.guests["110"]?.config).toMatchObject({
    ciuser: "ops",
    ide2: "local-lvm:vm-110-cloudinit,media=cdrom",
  });
  await carriedOut(stage, await stage.call(route, at(116, { user: "ops", storage: "nfs" })));
  expect(stage.simulator.state.guests["116"]?.config["ide2"]).toMatch(/^nfs:116\/vm-116-cloudinit/);
});

test("202: a guest that runs gets a drive that is missing at its next start, and the item says so", async () => {
  const stage = await lab();
  const { items } = await carriedOut(stage, await stage.call(route, at(104)));
  expect(items).toMatchObject([
    { state: "succeeded", reason: expect.stringContaining("from its next start on") },
  ]);
  expect(stage.simulator.state.guests["104"]?.pending).toMatchObject({
    ide2: expect.stringContaining("cloudinit"),
  });
});

test("202: audit tells of it, never of what was set", async () => {
  const stage = await lab();
  const { operation } = await carriedOut(stage, await stage.call(route, at(110, { password: "hush-hush" })));
  const rows = await auditOf(stage, { target: "main/110" });
  const told = rows.map((row) => `${row.action} ${row.outcome} ${String(row.operation)}`);
  const outcomes = ["accepted", "succeeded"].map((outcome) => `vm.cloud-init ${outcome} ${operation.id}`);
  expect(new Set(told)).toEqual(new Set(outcomes));
  expect(JSON.stringify(rows)).not.toContain("hush");
});

test("202: an answer that is lost is asked for again, for nothing shows what was set", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { method: "PUT", times: 1 }, do: "cut-after" });
  const { operation } = await carriedOut(stage, await stage.call(route, at(110)));
  expect(operation.state).toBe("succeeded");
  expect(writesTo(stage)).toEqual({ [CONFIG]: 2, [DRIVE]: 1 });
});

test("200: a dry run names what would be set, not how, and changes nothing", async () => {
  const stage = await lab();
  const request = { ...at(110, { user: "ops", password: "hush-hush" }), query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer.status).toBe(200);
  expect(Plan.parse(answer.json)).toMatchObject({
    kind: "vm.cloud-init",
    items: [{ willRun: true, because: "ciuser, cipassword of main/110" }],
  });
  expect(JSON.stringify(answer.json)).not.toContain("hush");
});

test("403: strict safe mode refuses a guest without the owner tag; Proxmox is not asked to, audit tells", async () => {
  const stage = await lab({ mode: "strict" });
  const answer = await changingNothing(stage, () => stage.call(route, at(107)));
  expect(answer).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
  expect(await auditOf(stage)).toMatchObject([
    { action: "vm.cloud-init", target: "main/107", outcome: "refused" },
  ]);
});

test("409: a container has no cloud-init", async () => {
  const stage = await lab({ mode: "off" });
  const answer = await changingNothing(stage, () => stage.call(route, at(203)));
  expect(answer).toMatchObject({ status: 409, json: { code: "vm.container" } });
});

test("404: an unknown guest", async () => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, at(999)));
  expect(answer).toMatchObject({ status: 404, json: { code: "vm.missing" } });
});

test.for([
  ["/user", { user: "o ps" }],
  ["/password", { password: "" }],
  ["/sshKeys/0", { sshKeys: ["nonsense"] }],
  ["/dns/servers/0", { dns: { servers: ["dns.example"] } }],
  ["/dns/searchDomain", { dns: { searchDomain: "~x" } }],
  ["/networks/0/ipv4", { networks: [{ ipv4: "10.0.0.300/24" }] }],
  ["/type", { type: "floppy" }],
  ["/upgradePackages", { upgradePackages: "yes" }],
] as const)(
  "400: %s is not as it is shown, and not what is taken; nothing happens",
  async ([pointer, body]) => {
    const stage = await lab();
    const answer = await changingNothing(stage, () => stage.call(route, at(110, body)));
    expect(answer.status).toBe(400);
    expect(Problem.parse(answer.json).errors).toMatchObject([{ pointer }]);
  },
);

test.for([
  ["", {}],
  ["/hostname", { hostname: "x" }],
] as const)("400: %s; Proxmox is never asked", async ([pointer, body]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, at(110, body)));
  expect(answer.status).toBe(400);
  expect(Problem.parse(answer.json).errors).toMatchObject([{ pointer }]);
  expect(stage.simulator.counters().calls).toEqual({});
});

test.for([
  ["storage.missing", "nowhere"],
  ["storage.content", "backup"],
])(
  "C: 409 %s: no drive is made on storage %s; where there is one, none is looked for",
  async ([code, storage]) => {
    const stage = await lab({ mode: "off" });
    const body = { user: "ops", storage };
    const answer = await changingNothing(stage, () => stage.call(route, at(110, body)));
    expect(answer).toMatchObject({ status: 409, json: { code } });
    const there = await stage.call(route, { ...at(9000, body), query: { dryRun: "true" } });
    expect(Plan.parse(there.json).items).toMatchObject([{ willRun: true }]);
  },
);
