import * as z from "zod";
import { expect, test } from "vitest";
import * as Get from "../../../../../functions/api/vms/config/get.ts";
import { spec } from "../../../../../functions/api/vms/config/patch.ts";
import { lab, type Lab } from "../../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../../kit/proof.ts";
import { Plan } from "../../../../kit/shape.ts";

const route = { spec };
const at = (vmid: number, body: unknown, etag?: string) => ({
  path: { cluster: "main", vmid },
  body,
  ...(etag === undefined ? {} : { headers: { "if-match": `"${etag}"` } }),
});
const PUT = "PUT /nodes/{node}/qemu/{vmid}/config";
const GIB = 1024 ** 3;

const configOf = (stage: Lab, vmid: number) => stage.simulator.state.guests[vmid]?.config ?? {};
const etagOf = async (stage: Lab, vmid: number) =>
  z.object({ etag: z.string() }).parse((await stage.call(Get, { path: { cluster: "main", vmid } })).json)
    .etag;

test("202: what is named is changed and nothing else, without a UPID, and audit tells", async () => {
  const stage = await lab({ mode: "strict" });
  const before = { ...configOf(stage, 110) };
  const body = {
    name: "ci-2",
    description: "builds\nand tests",
    cpu: { type: "host", sockets: 2, cores: 4, limit: 6.5, units: 200 },
    memoryBytes: 4 * GIB,
    balloonBytes: 2 * GIB,
    agent: false,
    boot: ["net0", "scsi0"],
    onBoot: true,
    protection: true,
  };
  const { operation, items } = await carriedOut(stage, await stage.call(route, at(110, body)));
  expect(operation).toMatchObject({ kind: "vm.config", state: "succeeded" });
  expect(items).toMatchObject([{ upid: null, state: "succeeded" }]);
  expect(configOf(stage, 110)).toEqual({
    ...before,
    name: "ci-2",
    description: "builds\nand tests",
    cpu: "host",
    sockets: "2",
    cores: "4",
    cpulimit: "6.5",
    cpuunits: "200",
    memory: "4096",
    balloon: "2048",
    agent: "0",
    boot: "order=net0;scsi0",
    onboot: "1",
    protection: "1",
  });
  expect(writesTo(stage)).toEqual({ [PUT]: 1 });
  const rows = await auditOf(stage, { target: "main/110", action: "vm.config" });
  expect(rows.map(({ outcome }) => outcome).toSorted()).toEqual(["accepted", "succeeded"]);
});

test("202: null brings back Proxmox's own default, and settings beside the changed one stay", async () => {
  const stage = await lab();
  Object.assign(configOf(stage, 110), {
    description: "old",
    cpulimit: "2",
    agent: "1,fstrim_cloned_disks=1",
    cpu: "host,flags=+aes",
  });
  const body = { description: null, cpu: { limit: null, type: "x86-64-v3" }, agent: false };
  await carriedOut(stage, await stage.call(route, at(110, body)));
  const now = configOf(stage, 110);
  expect(now).toMatchObject({ agent: "0,fstrim_cloned_disks=1", cpu: "x86-64-v3,flags=+aes" });
  expect([now["description"], now["cpulimit"]]).toEqual([undefined, undefined]);
});

test("202: a container is changed by its own call", async () => {
  const stage = await lab({ mode: "off" });
  const body = { name: "wiki-2", memoryBytes: 2 * GIB, cpu: { cores: 2 } };
  await carriedOut(stage, await stage.call(route, at(203, body)));
  expect(configOf(stage, 203)).toMatchObject({ hostname: "wiki-2", memory: "2048", cores: "2" });
});

test("202: somebody else's change of another key at the same time is kept, as ours is", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { method: "PUT", times: 1 }, do: "delay", milliseconds: 3000 });
  const answer = await stage.call(route, at(110, { cpu: { cores: 4 } }));
  // Between our read of the digest and Proxmox's look at it.
  await stage.run(2000);
  Object.assign(configOf(stage, 110), { description: "by hand" });
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(configOf(stage, 110)).toMatchObject({ cores: "4", description: "by hand" });
  expect(writesTo(stage)).toEqual({ [PUT]: 2 });
});

test("202: somebody else's change of the same key is kept, and ours fails by its own name", async () => {
  const stage = await lab();
  const answer = await stage.call(route, at(110, { cpu: { cores: 4 } }));
  Object.assign(configOf(stage, 110), { cores: "8" });
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "failed", error: { code: "config.changed" } }]);
  expect(configOf(stage, 110)).toMatchObject({ cores: "8" });
  expect(writesTo(stage)).toEqual({});
});

test("202: an answer that got lost is settled by the configuration, and nothing is asked twice", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { method: "PUT" }, do: "cut-after" });
  const { items } = await carriedOut(stage, await stage.call(route, at(110, { description: "kept " })));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(writesTo(stage)).toEqual({ [PUT]: 1 });
});

test("202: a guest that is locked is waited for", async () => {
  const stage = await lab();
  const guest = stage.simulator.state.guests["110"];
  Object.assign(guest ?? {}, { lock: "backup" });
  const answer = await stage.call(route, at(110, { onBoot: true }));
  await stage.run(60_000);
  Reflect.deleteProperty(guest ?? {}, "lock");
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

test("412: If-Match names another version; nothing happens", async () => {
  const stage = await lab();
  const etag = await etagOf(stage, 110);
  Object.assign(configOf(stage, 110), { description: "by hand" });
  const request = at(110, { onBoot: true }, etag);
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 412, json: { code: "config.changed" } });
});

test("202: If-Match names this version", async () => {
  const stage = await lab();
  const request = at(110, { onBoot: true }, await etagOf(stage, 110));
  const { items } = await carriedOut(stage, await stage.call(route, request));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

test("409: a configuration that is so already; nothing happens", async () => {
  const stage = await lab();
  const body = { cpu: { cores: 2 }, name: "ci-1", memoryBytes: 2 * GIB };
  const answer = await changingNothing(stage, () => stage.call(route, at(110, body)));
  expect(answer).toMatchObject({ status: 409, json: { code: "config.same" } });
});

test("403: a foreign guest, and an operator; nothing happens", async () => {
  const stage = await lab();
  const foreign = await changingNothing(stage, () => stage.call(route, at(107, { onBoot: true })));
  expect(foreign).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
  const key = await stage.addKey("operator");
  const request = { ...at(110, { onBoot: true }), key };
  const operator = await changingNothing(stage, () => stage.call(route, request));
  expect(operator).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
});

test("200: a dry run shows each key as it is and as it would be; nothing happens", async () => {
  const stage = await lab();
  const request = { ...at(110, { cpu: { cores: 4 }, description: "x" }), query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  const from = { cores: "2", description: null };
  expect(Plan.parse(answer.json).items).toMatchObject([
    { willRun: true, detail: { to: { cores: "4", description: "x" }, from } },
  ]);
});

test.for([
  ["/args", 110, { args: "-monitor stdio" }],
  ["/tags", 110, { tags: ["moxxie"] }],
  ["/hookscript", 110, { hookscript: "local:snippets/x" }],
  ["/memoryBytes", 110, { memoryBytes: 4_000_000_001 }],
  ["/name", 110, { name: "a_b" }],
  ["/name", 110, { name: "web\nargs: -monitor stdio" }],
  ["/cpu/type", 110, { cpu: { type: "host,flags=+aes\n" } }],
  ["/description", 110, { description: "a\u0000b" }],
  ["", 110, {}],
  ["/balloonBytes", 203, { balloonBytes: GIB }],
  ["/cpu/sockets", 203, { cpu: { sockets: 2 } }],
] as const)("400: %s of guest %s; nothing happens", async ([pointer, vmid, body]) => {
  const stage = await lab({ mode: "off" });
  const answer = await changingNothing(stage, () => stage.call(route, at(vmid, body)));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
});
