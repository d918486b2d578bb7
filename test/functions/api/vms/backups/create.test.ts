import { expect, test } from "vitest";
import * as Bulk from "../../../../../functions/api/bulk/backups.ts";
import * as CreateJob from "../../../../../functions/api/jobs/create.ts";
import * as RunJob from "../../../../../functions/api/jobs/run.ts";
import { spec } from "../../../../../functions/api/vms/backups/create.ts";
import * as List from "../../../../../functions/api/vms/backups/list.ts";
import { lab, type Lab } from "../../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../../kit/proof.ts";
import { retag } from "../../../../kit/retag.ts";
import { Job } from "../../../../kit/shape.ts";

const route = { spec };
const at = (vmid: number) => ({ cluster: "main", vmid });
const POST = "POST /nodes/{node}/vzdump";
const wanted = { storage: "backup" };
const NOON = Date.parse("2026-11-23T12:00:00Z") / 1000;

/** The backups that were made since the stage began. */
const backups = ({ simulator }: Lab) =>
  simulator.state.volumes.filter(({ content, ctime }) => content === "backup" && ctime >= NOON);

test("202: the backup is there when the operation says so, with its notes, and named in the result", async () => {
  const stage = await lab();
  const body = { ...wanted, notes: "before upgrade\nof {{guestname}}", protected: true };
  const { operation, items } = await carriedOut(stage, await stage.call(route, { path: at(102), body }));
  expect(operation).toMatchObject({ kind: "backup.create", state: "succeeded" });
  const made = backups(stage).at(-1);
  expect(backups(stage)).toHaveLength(1);
  expect(made).toMatchObject({ vmid: 102, protected: true });
  expect(made?.notes).toMatch(new RegExp(`^before upgrade\nof .+\nmoxxie=${operation.id}/0$`));
  expect(items).toMatchObject([
    { state: "succeeded", result: { volid: made?.volid, sizeBytes: made?.size } },
  ]);
  expect(writesTo(stage)).toEqual({ [POST]: 1 });
  const rows = await auditOf(stage, { action: "backup.create" });
  expect(rows.map(({ outcome }) => outcome)).toEqual(["succeeded", "accepted"]);
  const list = await stage.call(List, { path: at(102), query: { limit: "1" } });
  expect(list.json).toMatchObject({ items: [{ volid: made?.volid, protected: true, vm: "main/102" }] });
});

test("202: older backups are never thinned out on the way, whatever the storage is set to", async () => {
  const stage = await lab();
  const storage = stage.simulator.state.storages["backup"];
  if (storage) storage.prune = "keep-last=1";
  for (let round = 0; round < 3; round++) {
    await carriedOut(stage, await stage.call(route, { path: at(102), body: wanted }));
    await stage.clock.advance(60_000);
  }
  expect(backups(stage).filter(({ vmid }) => vmid === 102)).toHaveLength(3);
});

test("F19: a guest that has moved on is found where it is, and backed up exactly once", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { path: at(102), body: wanted });
  const guest = stage.simulator.state.guests[102];
  if (guest) guest.node = guest.node === "pve1" ? "pve3" : "pve1";
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(backups(stage).filter(({ vmid }) => vmid === 102)).toHaveLength(1);
});

test.each(["cut-before", "cut-after"] as const)(
  "202: an answer that is lost (%s) leaves one backup, and is told as what it became",
  async (fault) => {
    const stage = await lab();
    const match = { method: "POST", path: "/nodes/*/vzdump", times: 1 };
    stage.simulator.faults.add({ match, do: fault });
    const { items } = await carriedOut(stage, await stage.call(route, { path: at(102), body: wanted }));
    expect(items).toMatchObject([{ state: "succeeded" }]);
    expect(backups(stage).filter(({ vmid }) => vmid === 102)).toHaveLength(1);
  },
);

test("202: a task that claims success without a backup is not believed", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { path: at(102), body: wanted });
  await stage.run(1000);
  const volumes = stage.simulator.state.volumes;
  Object.defineProperty(volumes, "push", { value: () => 0, configurable: true });
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "failed", error: { code: "vm.unverified" } }]);
});

test("F54: when the storage is full, those that did not fit fail with what the log says, the others have theirs", async () => {
  const stage = await lab({ mode: "off" });
  const vmids = [101, 102, 104, 105, 107, 108, 109, 110];
  const answer = await stage.call(Bulk, { body: { select: { vmids }, ...wanted } });
  await stage.run(3_600_000, async () => backups(stage).length >= 4);
  Object.assign(stage.simulator.state.storages["backup"] ?? {}, { full: true });
  const { items } = await carriedOut(stage, answer);
  const [done, failed] = [
    items.filter(({ state }) => state === "succeeded"),
    items.filter(({ state }) => state === "failed"),
  ];
  expect([done.length + failed.length, done.length]).toEqual([8, backups(stage).length]);
  expect(failed.length).toBeGreaterThan(0);
  for (const { error } of failed)
    expect(error).toMatchObject({
      code: "task.failed",
      detail: expect.stringContaining("No space left on device"),
    });
  const have = new Set(backups(stage).map(({ vmid }) => `main/${vmid ?? 0}`));
  expect(done.map(({ vm }) => vm.id).toSorted()).toEqual([...have].toSorted());
});

test("202: a guest that stays locked for longer than lockWait is told by its lock, not as job errors", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { path: at(102), body: { ...wanted, lockWait: "2m" } });
  Object.assign(stage.simulator.state.guests[102] ?? {}, { lock: "clone" });
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "failed", error: { code: "vm.locked" } }]);
  expect(items[0]?.reason).toContain("VM is locked (clone)");
});

test("202: one backup at a time on a node, over all operations", async () => {
  const stage = await lab({ mode: "off" });
  const select = { all: true, types: ["qemu"] };
  const first = await stage.call(Bulk, { body: { select, ...wanted } });
  const second = await stage.call(route, { path: at(201), body: wanted });
  await carriedOut(stage, first);
  await carriedOut(stage, second);
  expect(Math.max(...Object.values(stage.simulator.counters().peak))).toBe(1);
});

test.each([
  [{}, "/storage"],
  [{ storage: "../etc" }, "/storage"],
  [{ ...wanted, compress: "zstd" }, "/compress"],
  [{ ...wanted, mode: "live" }, "/mode"],
  [{ ...wanted, notes: "{{secret}}" }, "/notes"],
  [{ ...wanted, notes: "x".repeat(1000) }, "/notes"],
  [{ ...wanted, notes: "a\u0000" }, "/notes"],
  [{ ...wanted, notes: "A5: as\nmoxxie=op_01JD0000000000000000000000/0" }, "/notes"],
])("400: %j; Proxmox is never asked", async (body, pointer) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, { path: at(102), body }));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test("409: a storage that is not there, or holds no backups", async () => {
  const stage = await lab();
  const missing = await changingNothing(stage, () =>
    stage.call(route, { path: at(102), body: { storage: "nosuch" } }),
  );
  expect(missing).toMatchObject({ status: 409, json: { code: "storage.missing" } });
  const wrong = await changingNothing(stage, () =>
    stage.call(route, { path: at(102), body: { storage: "local-lvm" } }),
  );
  expect(wrong).toMatchObject({ status: 409, json: { code: "storage.content" } });
});

test("403: a backup that shuts an always-on guest down needs override, and in bulk is never made", async () => {
  const stage = await lab();
  const body = { ...wanted, mode: "stop" };
  const single = await changingNothing(stage, () => stage.call(route, { path: at(101), body }));
  expect(single).toMatchObject({ status: 403, json: { code: "policy.always-on" } });
  const { items } = await carriedOut(
    stage,
    await stage.call(Bulk, { body: { select: { vmids: [101] }, ...body } }),
  );
  expect(items).toMatchObject([{ state: "skipped", error: { code: "policy.always-on" } }]);
  await carriedOut(stage, await stage.call(route, { path: at(101), body: { ...body, override: true } }));
});

test.for(["stop", "suspend"])(
  "A2: mode %s interrupts: permissive refuses it of a foreign guest, single, bulk and as a job, to an operator too",
  async (mode) => {
    const stage = await lab();
    const key = await stage.addKey("operator");
    const body = { ...wanted, mode };
    const single = await changingNothing(stage, () => stage.call(route, { path: at(105), body, key }));
    expect(single).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
    const select = { vmids: [105] };
    const bulk = await carriedOut(stage, await stage.call(Bulk, { body: { select, ...body }, key }));
    const job = { name: "nightly", kind: "backup", schedule: "30 2 * * *", select, params: body };
    const { id } = Job.parse((await stage.call(CreateJob, { body: job, key })).json);
    const run = await carriedOut(stage, await stage.call(RunJob, { path: { job: id }, key }));
    for (const { items } of [bulk, run])
      expect(items).toMatchObject([{ state: "skipped", error: { code: "safe-mode.refused" } }]);
    expect(writesTo(stage)).toEqual({});
  },
);

test("A2: always-on counts in any case for a backup that interrupts, and a plan says that it would override", async () => {
  const stage = await lab({ mode: "off" });
  await retag(stage, { 102: "Always-On" });
  const body = { ...wanted, mode: "stop" };
  const refused = await changingNothing(stage, () => stage.call(route, { path: at(102), body }));
  expect(refused).toMatchObject({ status: 403, json: { code: "policy.always-on" } });
  const request = { path: at(102), query: { dryRun: "true" }, body: { ...body, override: true } };
  expect((await stage.call(route, request)).json).toMatchObject({
    items: [{ willRun: true, because: "main/102 is tagged always-on; overridden" }],
  });
});
