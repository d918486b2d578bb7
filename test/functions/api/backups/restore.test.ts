import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/backups/restore.ts";
import { placeBackup } from "../../../kit/backup.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { Plan } from "../../../kit/shape.ts";

const route = { spec };
const path = { cluster: "main" };
const AT = "2026-11-20T02:00:00Z";
const POST = "POST /nodes/{node}/qemu";
const PUT = "PUT /nodes/{node}/qemu/{vmid}/config";

const guestOf = (stage: Lab, vmid: number) => stage.simulator.state.guests[vmid];

async function withBackup(vmid = 107, more: Parameters<typeof placeBackup>[3] = {}) {
  const stage = await lab({ mode: "off" });
  return { stage, volid: placeBackup(stage, vmid, AT, more) };
}

test("202: a new guest comes out of the backup, with the owner tag, and named in the result", async () => {
  const { stage, volid } = await withBackup();
  const body = { volid, vmid: 5101, node: "pve1", storage: "nfs" };
  const { operation, items } = await carriedOut(stage, await stage.call(route, { path, body }));
  expect(operation).toMatchObject({ kind: "backup.restore", state: "succeeded" });
  expect(items).toMatchObject([{ result: { vmid: 5101, node: "pve1" } }]);
  expect(guestOf(stage, 5101)?.config.tags).toContain("moxxie");
  expect(guestOf(stage, 5101)?.status).toBe("stopped");
  expect(writesTo(stage)).toEqual({ [POST]: 1, [PUT]: 1 });
  const rows = await auditOf(stage, { action: "backup.restore" });
  expect(rows.map(({ outcome }) => outcome)).toEqual(["succeeded", "accepted"]);
});

test("202: without a VMID the lowest free one is taken; with start it runs", async () => {
  const { stage, volid } = await withBackup();
  const { items } = await carriedOut(stage, await stage.call(route, { path, body: { volid, start: true } }));
  const { vmid } = items[0]?.result ?? {};
  expect(guestOf(stage, Number(vmid))?.status).toBe("running");
});

test.each(["cut-before", "cut-after"] as const)(
  "202: a restore whose answer is lost (%s) makes one guest",
  async (fault) => {
    const { stage, volid } = await withBackup();
    const before = Object.keys(stage.simulator.state.guests).length;
    stage.simulator.faults.add({
      match: { method: "POST", path: "/nodes/{node}/qemu", times: 1 },
      do: fault,
    });
    const { items } = await carriedOut(stage, await stage.call(route, { path, body: { volid } }));
    expect(items).toMatchObject([{ state: "succeeded" }]);
    expect(Object.keys(stage.simulator.state.guests)).toHaveLength(before + 1);
  },
);

test("failed: a guest that came out of the backup and does not start is named, and stays", async () => {
  const { stage, volid } = await withBackup();
  stage.simulator.faults.add({
    match: { method: "POST", path: "/nodes/{node}/qemu/{vmid}/status/start" },
    do: "answer",
    status: 500,
    reason: "no memory left",
  });
  const body = { volid, vmid: 5101, node: "pve1", start: true };
  const { items } = await carriedOut(stage, await stage.call(route, { path, body }));
  expect(items).toMatchObject([{ state: "failed", result: { vmid: 5101, node: "pve1" } }]);
  expect(items[0]?.reason).toBe("main/5101 was restored, but it was not started: no memory left");
  expect(guestOf(stage, 5101)).toMatchObject({ status: "stopped" });
});

test("409: onto a guest that is there without force; nothing is touched", async () => {
  const { stage, volid } = await withBackup(102);
  const answer = await changingNothing(stage, () => stage.call(route, { path, body: { volid, vmid: 102 } }));
  expect(answer).toMatchObject({ status: 409, json: { code: "vm.exists" } });
});

test("202: with force a stopped guest is replaced where it is; 409 while it runs", async () => {
  const { stage, volid } = await withBackup(102);
  const body = { volid, vmid: 102, force: true };
  const running = await changingNothing(stage, () => stage.call(route, { path, body }));
  expect(running).toMatchObject({ status: 409, json: { code: "vm.running" } });
  Object.assign(guestOf(stage, 102) ?? {}, { status: "stopped" });
  Object.assign(guestOf(stage, 102)?.config ?? {}, { cores: "63" });
  const { items } = await carriedOut(stage, await stage.call(route, { path, body }));
  expect(items).toMatchObject([{ state: "succeeded", vm: { id: "main/102" } }]);
  expect(guestOf(stage, 102)?.config.cores).not.toBe("63");
});

test("403: a guest without the owner tag is not replaced for anyone without safe-mode.manage", async () => {
  const stage = await lab();
  const volid = placeBackup(stage, 107, AT);
  Object.assign(guestOf(stage, 107) ?? {}, { status: "stopped" });
  const key = await stage.addKey("operator");
  const body = { volid, vmid: 107, force: true };
  const answer = await changingNothing(stage, () => stage.call(route, { path, body, key }));
  expect(answer.status).toBe(403);
});

test("409: what cannot work is said beforehand: the wrong node, a storage that does not hold disks, another kind", async () => {
  const local = await withBackup(107, { storage: "local", node: "pve3" });
  const cases = [
    [local, { volid: local.volid, node: "pve1" }, "backup.elsewhere"],
    [local, { volid: local.volid, storage: "backup" }, "storage.content"],
    [local, { volid: local.volid, storage: "nosuch" }, "storage.missing"],
    [local, { volid: local.volid, vmid: 201, force: true, override: true }, "vm.exists"],
  ] as const;
  for (const [{ stage }, body, code] of cases) {
    const answer = await changingNothing(stage, () => stage.call(route, { path, body }));
    expect(answer).toMatchObject({ status: 409, json: { code } });
  }
});

test("404: a backup that is not there; 400: what is no volid, or a misspelt field", async () => {
  const { stage, volid } = await withBackup();
  const missing = await changingNothing(stage, () =>
    stage.call(route, { path, body: { volid: "backup:backup/vzdump-qemu-1-2020_01_01-00_00_00.vma.zst" } }),
  );
  expect(missing).toMatchObject({ status: 404, json: { code: "backup.missing" } });
  for (const body of [
    { volid: "/etc/passwd" },
    { volid: "backup:backup/../x" },
    { volid, uniqe: true },
    {},
  ]) {
    const answer = await changingNothing(stage, () => stage.call(route, { path, body }));
    expect(answer).toMatchObject({ status: 400, json: { code: "request.invalid" } });
  }
});

test("200: a dry run says where it would go, and that a guest beside the first gets addresses of its own", async () => {
  const { stage, volid } = await withBackup(102);
  const query = { dryRun: "true" };
  const answer = await changingNothing(stage, () =>
    stage.call(route, { path, query, body: { volid, vmid: 5101 } }),
  );
  const [item] = Plan.parse(answer.json).items;
  expect(item).toMatchObject({ willRun: true, detail: { unique: true, replaces: false, newVmid: 5101 } });
});

test("A3: force replaces what is there and sets no rule aside; override sets rules aside and replaces nothing", async () => {
  const { stage, volid } = await withBackup(101);
  Object.assign(guestOf(stage, 101) ?? {}, { status: "stopped" });
  const body = { volid, vmid: 101 };
  const refused = async (more: object) =>
    (await changingNothing(stage, () => stage.call(route, { path, body: { ...body, ...more } }))).json;
  expect(await refused({ force: true })).toMatchObject({ code: "policy.always-on" });
  expect(await refused({ override: true })).toMatchObject({ code: "vm.exists" });
  const request = { path, body: { ...body, force: true, override: true } };
  const { items } = Plan.parse((await stage.call(route, { ...request, query: { dryRun: "true" } })).json);
  expect(items).toMatchObject([{ because: expect.stringContaining("always-on; overridden") }]);
  await carriedOut(stage, await stage.call(route, request));
  const told = (await auditOf(stage)).map(({ outcome, decision }) => `${outcome}: ${decision}`);
  expect(told.toSorted()).toEqual(["accepted: override", "refused: refused", "succeeded: override"]);
});

test("I2: 409: on a node that the cluster does not have; its dry run says so too", async () => {
  const { stage, volid } = await withBackup();
  const body = { volid, vmid: 5101, node: "nope" };
  const answer = await changingNothing(stage, () => stage.call(route, { path, body }));
  expect(answer).toMatchObject({ status: 409, json: { code: "node.missing" } });
  const { items } = Plan.parse((await stage.call(route, { path, body, query: { dryRun: "true" } })).json);
  expect(items).toMatchObject([{ willRun: false, code: "node.missing" }]);
});
