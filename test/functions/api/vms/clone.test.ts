import { expect, test } from "vitest";
import * as ItemsRoute from "../../../../functions/api/operations/items.ts";
import { spec } from "../../../../functions/api/vms/clone.ts";
import { poll } from "../../../../core/inventory/index.ts";
import { caller } from "../../../kit/caller.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { Plan, Problem } from "../../../kit/shape.ts";

const route = { spec };
const TEMPLATE = 9000;
const at = (vmid: number | string, body: Record<string, unknown> = {}, cluster = "main") => ({
  path: { cluster, vmid },
  body,
});
const POST = "POST /nodes/{node}/qemu/{vmid}/clone";
/** The owner tag, which the template does not carry. */
const CLAIM = "PUT /nodes/{node}/qemu/{vmid}/config";

test("202: a template is linked to under the lowest free VMID; the item is the new guest", async () => {
  const stage = await lab();
  const answer = await stage.call(route, at(TEMPLATE, { name: "web-7" }));
  const { operation, items } = await carriedOut(stage, answer);
  expect(answer.headers["location"]).toBe(`/v1/operations/${operation.id}`);
  expect(operation).toMatchObject({ kind: "vm.clone", state: "succeeded", progress: { total: 1 } });
  expect(items).toMatchObject([
    {
      state: "succeeded",
      vm: { id: "main/100", name: "web-7", node: "pve2" },
      upid: expect.stringContaining(":qmclone:9000:"),
    },
  ]);
  const { json } = await stage.call(ItemsRoute, { path: { operation: operation.id } });
  expect(json).toMatchObject({ items: [{ result: { vmid: 100, node: "pve2" } }] });
  const made = stage.simulator.state.guests[100];
  expect(made).toMatchObject({ status: "stopped", config: { name: "web-7" } });
  expect(made?.config["scsi0"]).toBe("local-lvm:vm-100-disk-0,size=32G");
  expect(writesTo(stage)).toEqual({ [POST]: 1, [CLAIM]: 1 });
});

test("202: all that is asked for reaches Proxmox: VMID, name, node, storage, format, pool, notes", async () => {
  const stage = await lab();
  const body = {
    newVmid: 4207,
    name: "db-9.example.net",
    node: "pve1",
    full: true,
    storage: "nfs",
    format: "qcow2",
    pool: "acme",
    description: "for tests\nonly",
  };
  const { items } = await carriedOut(stage, await stage.call(route, at(103, body)));
  expect(items).toMatchObject([{ state: "succeeded", vm: { id: "main/4207", node: "pve1" } }]);
  const made = stage.simulator.state.guests[4207];
  expect(made).toMatchObject({ node: "pve1", config: { name: "db-9.example.net" } });
  expect(made?.config["scsi0"]).toMatch(/^nfs:4207\/vm-4207-disk-0\.qcow2/);
  expect(made?.config.description).toMatch(/^for tests\nonly\nmoxxie=op_/);
  expect(stage.simulator.state.pools["acme"]?.vms).toContain(4207);
});

test("202: a container is copied with its host name, and a snapshot instead of what is now", async () => {
  const stage = await lab({ mode: "off" });
  const body = { name: "wiki-2", newVmid: 900 };
  await carriedOut(stage, await stage.call(route, at(203, body)));
  expect(stage.simulator.state.guests[900]).toMatchObject({ kind: "lxc", config: { hostname: "wiki-2" } });
  const config = stage.simulator.state.guests[110]?.config ?? {};
  const snapshot = { config: { ...config, cores: "7" }, snaptime: 1_763_000_000 };
  Object.assign(stage.simulator.state.guests[110] ?? {}, { snapshots: { before: snapshot } });
  await carriedOut(stage, await stage.call(route, at(110, { snapshot: "before", newVmid: 901 })));
  expect(stage.simulator.state.guests[901]?.config["cores"]).toBe("7");
});

test("202: a foreign template may be copied in every safe mode, which is a read of it", async () => {
  for (const mode of ["strict", "permissive", "audit", "off"] as const) {
    const stage = await lab({ mode });
    const { items } = await carriedOut(stage, await stage.call(route, at(TEMPLATE)));
    expect([mode, items[0]?.state]).toEqual([mode, "succeeded"]);
  }
});

test("202: audit tells of source, outcome and task", async () => {
  const stage = await lab();
  const { operation, items } = await carriedOut(stage, await stage.call(route, at(TEMPLATE)));
  const entry = { action: "vm.clone", operation: operation.id };
  expect(await auditOf(stage)).toMatchObject([
    { ...entry, target: "main/100", outcome: "succeeded", upid: items[0]?.upid },
    { ...entry, target: "main/9000", outcome: "accepted", decision: "allowed" },
  ]);
});

test.each(["strict", "permissive"] as const)(
  "403: %s safe mode refuses a copy of a foreign guest that is no template",
  async (mode) => {
    const stage = await lab({ mode });
    const answer = await changingNothing(stage, () => stage.call(route, at(107)));
    expect(answer).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
    expect(await auditOf(stage)).toMatchObject([
      { action: "vm.clone", target: "main/107", outcome: "refused" },
    ]);
  },
);

test.each(["viewer", "operator"] as const)(
  "403: a key with the role %s may not clone; nothing happens",
  async (role) => {
    const stage = await lab();
    const key = await stage.addKey(role);
    const answer = await changingNothing(stage, () => stage.call(route, { ...at(TEMPLATE), key }));
    expect(answer).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
    expect(stage.simulator.counters().total.requests).toBe(0);
    expect(await auditOf(stage)).toMatchObject([
      { action: "vm.clone", target: "main/9000", decision: "refused", outcome: "refused", operation: null },
    ]);
  },
);

test("202: override by who may manage safe mode sets it aside, and audit mode tells what would be refused", async () => {
  const strict = await lab({ mode: "strict" });
  await carriedOut(strict, await strict.call(route, at(107, { override: true })));
  expect((await auditOf(strict)).map(({ decision }) => decision)).toEqual(["override", "override"]);
  const audit = await lab({ mode: "audit" });
  await carriedOut(audit, await audit.call(route, at(107)));
  expect((await auditOf(audit)).map(({ wouldRefuse }) => wouldRefuse)).toEqual([true, true]);
});

test("200: with wait the answer is the operation that has ended", async () => {
  const stage = await lab();
  const sleep = (milliseconds: number) => stage.run(milliseconds);
  const busy = { ...stage.world, clock: { ...stage.world.clock, sleep } };
  const patient = caller(busy, { ...stage.clock, until: (promise) => promise }, stage.admin);
  const answer = await patient.call(route, { ...at(TEMPLATE), query: { wait: "25s" } });
  expect(answer).toMatchObject({ status: 200, json: { state: "succeeded", progress: { succeeded: 1 } } });
});

test("202: the same Idempotency-Key makes one guest, however often it is sent; with another body it is a 422", async () => {
  const stage = await lab();
  const headers = { "idempotency-key": "clone-1" };
  const request = { ...at(TEMPLATE, { name: "web-7" }), headers };
  const first = await stage.call(route, request);
  const again = await stage.call(route, request);
  await carriedOut(stage, first);
  const late = await stage.call(route, request);
  for (const answer of [again, late]) expect([answer.status, answer.json]).toEqual([202, first.json]);
  expect(writesTo(stage)).toEqual({ [POST]: 1, [CLAIM]: 1 });
  const other = await stage.call(route, { ...at(TEMPLATE, { name: "web-8" }), headers });
  expect(other).toMatchObject({ status: 422, json: { code: "request.key-reused" } });
  expect(writesTo(stage)).toEqual({ [POST]: 1, [CLAIM]: 1 });
});

test("409: a VMID that is kept for a clone which is being made is taken", async () => {
  const stage = await lab({ mode: "off" });
  const first = await stage.call(route, at(102, { newVmid: 900 }));
  await stage.run(500);
  const answer = await stage.call(route, at(TEMPLATE, { newVmid: 900 }));
  expect(answer).toMatchObject({ status: 409, json: { code: "vm.exists" } });
  await carriedOut(stage, first);
  expect(writesTo(stage)).toEqual({ [POST]: 1 });
});

test.each([
  ["a VMID that a guest has", TEMPLATE, { newVmid: 101 }, "vm.exists"],
  ["a link to what is no template", 102, { full: false }, "vm.not-template"],
  ["a snapshot that is not there", 102, { snapshot: "gone" }, "snapshot.missing"],
  ["a node that is offline", 103, { node: "pve2" }, "node.offline"],
] as const)("409: %s; nothing happens", async (_, vmid, body, code) => {
  const stage = await lab();
  if (code === "node.offline") {
    Object.assign(stage.simulator.state.nodes["pve2"] ?? {}, { online: false });
    await stage.clock.until(poll(stage.world, "main"));
  }
  stage.simulator.resetCounters();
  const answer = await changingNothing(stage, () => stage.call(route, at(vmid, { ...body })));
  expect(answer).toMatchObject({ status: 409, json: { code } });
});

test.each([
  ["storage", TEMPLATE, { storage: "nfs" }],
  ["storage", TEMPLATE, { storage: "nfs", full: false }],
  ["storage", 102, { storage: "../x" }],
  ["format", TEMPLATE, { format: "raw" }],
  ["format", 203, { format: "raw" }],
  ["format", 102, { format: "vdi" }],
  ["node", 102, { node: "pve9" }],
  ["node", 102, { node: "a/b" }],
  ["name", 102, { name: "under_score" }],
  ["name", 102, { name: "-web" }],
  ["name", 102, { name: "web\n" }],
  ["name", 102, { name: `${"a".repeat(64)}.net` }],
  ["newVmid", 102, { newVmid: 99 }],
  ["newVmid", 102, { newVmid: "4207" }],
  ["newVmid", 102, { newVmid: 1_000_000_000 }],
  ["pool", 102, { pool: "a b" }],
  ["snapshot", 102, { snapshot: "1st" }],
  ["snapshot", 102, { snapshot: "before\n" }],
  ["description", 102, { description: "bell\u0007" }],
  ["full", 102, { full: "yes" }],
  ["vmid", 102, { vmid: 4207 }],
  ["vmid", "99", {}],
  ["tags", 102, { tags: ["a"] }],
] as const)("400: %s of %s with %j; nothing happens", async (field, vmid, body) => {
  const stage = await lab({ mode: "off" });
  const answer = await changingNothing(stage, () => stage.call(route, at(vmid, { ...body })));
  expect(answer.status).toBe(400);
  expect(Problem.parse(answer.json).errors).toMatchObject([{ pointer: `/${field}` }]);
});

test("404: an unknown guest and an unknown cluster are told apart; nothing happens", async () => {
  const stage = await lab();
  const guest = await changingNothing(stage, () => stage.call(route, at(999)));
  expect(guest).toMatchObject({ status: 404, json: { code: "vm.missing" } });
  const cluster = await changingNothing(stage, () => stage.call(route, at(101, {}, "other")));
  expect(cluster).toMatchObject({ status: 404, json: { code: "cluster.missing" } });
});

test("200: a dry run says what would be made and changes nothing", async () => {
  const stage = await lab();
  const request = { ...at(TEMPLATE, { name: "web-7" }), query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer.status).toBe(200);
  expect(Plan.parse(answer.json)).toMatchObject({
    kind: "vm.clone",
    items: [
      { vm: { id: "main/9000" }, willRun: true, detail: { newVmid: null, name: "web-7", full: false } },
    ],
  });
  const strict = await lab({ mode: "strict" });
  const foreign = { ...at(107), query: { dryRun: "true" } };
  expect((await changingNothing(strict, () => strict.call(route, foreign))).json).toMatchObject({
    items: [{ willRun: false, code: "safe-mode.refused" }],
  });
  const taken = { ...at(TEMPLATE, { newVmid: 101 }), query: { dryRun: "true" } };
  expect((await changingNothing(stage, () => stage.call(route, taken))).json).toMatchObject({
    items: [{ willRun: false, code: "vm.exists" }],
  });
});

test("503: a cluster that does not answer starts nothing", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { method: "GET" }, do: "cut-before" });
  const answer = await changingNothing(stage, () => stage.call(route, at(TEMPLATE)));
  expect(answer).toMatchObject({ status: 503, json: { code: "proxmox.unreachable", retryable: true } });
});

test("I2: a pool that is not there is named by its field; one that goes later is told by the item, in Proxmox's words", async () => {
  const stage = await lab();
  const unknown = await changingNothing(stage, () => stage.call(route, at(102, { pool: "nobody" })));
  expect(unknown).toMatchObject({ status: 400, json: { errors: [{ pointer: "/pool", code: "missing" }] } });
  const accepted = await stage.call(route, at(102, { pool: "acme" }));
  delete stage.simulator.state.pools["acme"];
  const { operation, items } = await carriedOut(stage, accepted);
  expect(operation.state).toBe("failed");
  expect(items).toMatchObject([{ state: "failed", vm: { id: "main/102" }, error: { code: "pool.missing" } }]);
  expect(items[0]?.reason).toContain("pool 'acme' does not exist");
});
