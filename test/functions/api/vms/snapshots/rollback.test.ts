import { expect, test } from "vitest";
import * as Bulk from "../../../../../functions/api/bulk/snapshots/rollback.ts";
import * as Create from "../../../../../functions/api/vms/snapshots/create.ts";
import { spec } from "../../../../../functions/api/vms/snapshots/rollback.ts";
import { lab, type Lab } from "../../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../../kit/proof.ts";
import { Plan } from "../../../../kit/shape.ts";

const route = { spec };
const path = { cluster: "main", vmid: 102, name: "one" };
const POST = "POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback";

async function withSnapshots(vmids: readonly number[] = [102]): Promise<Lab> {
  const stage = await lab();
  for (const vmid of vmids)
    await carriedOut(
      stage,
      await stage.call(Create, { path: { cluster: "main", vmid }, body: { name: "one" } }),
    );
  stage.simulator.resetCounters();
  return stage;
}

const guestOf = (stage: Lab, vmid: number) => stage.simulator.state.guests[vmid];

test("202: the guest is as it was, and stopped; with start it runs", async () => {
  for (const start of [false, true]) {
    const stage = await withSnapshots();
    Object.assign(guestOf(stage, 102)?.config ?? {}, { cores: "7" });
    const { operation, items } = await carriedOut(stage, await stage.call(route, { path, body: { start } }));
    expect(operation).toMatchObject({ kind: "snapshot.rollback", state: "succeeded" });
    expect(items[0]?.upid).toContain("qmrollback");
    expect(guestOf(stage, 102)?.config.cores).not.toBe("7");
    expect(guestOf(stage, 102)?.status).toBe(start ? "running" : "stopped");
    expect(writesTo(stage)).toEqual({ [POST]: 1 });
    const rows = await auditOf(stage, { action: "snapshot.rollback" });
    expect(rows.map(({ outcome }) => outcome)).toEqual(["succeeded", "accepted"]);
  }
});

test.each(["cut-before", "cut-after"] as const)(
  "F62: a rollback whose answer is lost (%s) is never asked for twice, and told as what is known",
  async (fault) => {
    const stage = await withSnapshots();
    stage.simulator.faults.add({ match: { method: "POST", path: "/nodes/*/rollback" }, do: fault });
    const { items } = await carriedOut(stage, await stage.call(route, { path, body: {} }));
    expect(items).toMatchObject([{ state: fault === "cut-after" ? "succeeded" : "unknown" }]);
    expect(writesTo(stage)).toEqual({ [POST]: 1 });
  },
);

test("202: where newer snapshots stand in the way Proxmox refuses, and nothing is lost", async () => {
  const stage = await withSnapshots();
  const reason = "can't rollback, 'one' is not most recent snapshot on 'vm-102-disk-0'";
  stage.simulator.faults.add({
    match: { method: "POST", path: "/nodes/*/rollback" },
    do: "answer",
    status: 500,
    reason,
  });
  const { items } = await carriedOut(stage, await stage.call(route, { path, body: {} }));
  expect(items).toMatchObject([{ state: "skipped", error: { code: "snapshot.newer" } }]);
});

test("404: an unknown snapshot; 409: one that was cut off half made", async () => {
  const stage = await withSnapshots();
  const unknown = await changingNothing(stage, () =>
    stage.call(route, { path: { ...path, name: "nosuch" }, body: {} }),
  );
  expect(unknown).toMatchObject({ status: 404, json: { code: "snapshot.missing" } });
  const snapshot = guestOf(stage, 102)?.snapshots["one"];
  if (snapshot) snapshot.snapstate = "prepare";
  const broken = await changingNothing(stage, () => stage.call(route, { path, body: {} }));
  expect(broken).toMatchObject({ status: 409, json: { code: "snapshot.broken" } });
});

test("403: always-on needs override, and a guest without the owner tag is left alone", async () => {
  const stage = await withSnapshots([101, 107]);
  const plain = await changingNothing(stage, () =>
    stage.call(route, { path: { ...path, vmid: 101 }, body: {} }),
  );
  expect(plain).toMatchObject({ status: 403, json: { code: "policy.always-on" } });
  const foreign = await changingNothing(stage, () =>
    stage.call(route, { path: { ...path, vmid: 107 }, body: {} }),
  );
  expect(foreign).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
});

test("202: in bulk each guest that has the snapshot goes back to it, the others are left out and say why", async () => {
  const stage = await withSnapshots([102]);
  const body = { select: { vmids: [102, 104] }, name: "one" };
  const dry = await changingNothing(stage, () => stage.call(Bulk, { query: { dryRun: "true" }, body }));
  expect(Plan.parse(dry.json).summary.run).toBe(1);
  const { operation, items } = await carriedOut(stage, await stage.call(Bulk, { body }));
  expect(operation).toMatchObject({ kind: "bulk.rollback", progress: { succeeded: 1, skipped: 1 } });
  expect(items.map(({ vm, error }) => [vm.id, error?.code ?? null])).toEqual([
    ["main/102", null],
    ["main/104", "snapshot.missing"],
  ]);
  expect(writesTo(stage)).toEqual({ [POST]: 1 });
});

test("202: always-on guests are never brought back in bulk, whatever override says", async () => {
  const stage = await withSnapshots([101]);
  const body = { select: { vmids: [101] }, name: "one", override: true };
  const { items } = await carriedOut(stage, await stage.call(Bulk, { body }));
  expect(items).toMatchObject([{ state: "skipped", error: { code: "policy.always-on" } }]);
  expect(writesTo(stage)).toEqual({});
});

/** Guest 102 with the snapshots one and two, in this order, on storage of this type; `holds` says whether two has the disk. */
async function onType(type: string, holds: boolean) {
  const stage = await withSnapshots();
  Object.assign(stage.simulator.state.storages["local-lvm"] ?? {}, { type });
  Object.assign(stage.simulator.state.storages["nfs"] ?? {}, { type: "zfspool" });
  const guest = guestOf(stage, 102);
  const one = guest?.snapshots["one"];
  if (!guest || !one) throw new Error("there is no snapshot one");
  const { scsi0: disk = "", ...rest } = one.config;
  const config = holds ? one.config : { ...rest, scsi1: disk.replace("disk-0", "disk-1") };
  guest.snapshots["two"] = { ...one, config, snaptime: one.snaptime + 60 };
  return stage;
}

test("C: 409: ZFS goes back to the newest snapshot of a disk only, which the plan says too", async () => {
  const stage = await onType("zfspool", true);
  const dry = await changingNothing(stage, () =>
    stage.call(route, { path, body: {}, query: { dryRun: "true" } }),
  );
  expect(Plan.parse(dry.json).items).toMatchObject([
    { willRun: false, code: "snapshot.newer", because: expect.stringContaining("two") },
  ]);
  const answer = await changingNothing(stage, () => stage.call(route, { path, body: {} }));
  expect(answer).toMatchObject({ status: 409, json: { code: "snapshot.newer" } });
});

test.for([
  ["another type, with ZFS beside it", "lvmthin", true],
  ["ZFS, where the newer one has none of the disks", "zfspool", false],
] as const)("C: 202: a guest goes back past a newer snapshot on %s", async ([, type, holds]) => {
  const stage = await onType(type, holds);
  const { items } = await carriedOut(stage, await stage.call(route, { path, body: {} }));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});
