import { expect, test } from "vitest";
import * as Delete from "../../../../functions/api/backups/delete.ts";
import * as Get from "../../../../functions/api/backups/get.ts";
import * as List from "../../../../functions/api/backups/list.ts";
import * as Update from "../../../../functions/api/backups/update.ts";
import { idOf, placeBackup } from "../../../kit/backup.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";

const PUT = "PUT /nodes/{node}/storage/{storage}/content/{volume}";
const DELETE = "DELETE /nodes/{node}/storage/{storage}/content/{volume}";
const AT = "2026-11-20T02:00:00Z";

const pathOf = (volid: string, cluster = "main") => ({ cluster, backup: idOf(volid) });
const volume = (stage: Lab, volid: string) =>
  stage.simulator.state.volumes.find((one) => one.volid === volid);

test("200: one backup, and all of them newest first, each once though three nodes share the storage", async () => {
  const stage = await lab();
  stage.simulator.state.volumes = stage.simulator.state.volumes.filter(({ content }) => content !== "backup");
  const old = placeBackup(stage, 102, AT, { notes: "weekly" });
  const young = placeBackup(stage, 104, "2026-11-22T02:00:00Z");
  const local = placeBackup(stage, 101, "2026-11-21T02:00:00Z", { storage: "local", node: "pve1" });
  const list = await stage.call(List, {});
  expect(list.json).toMatchObject({
    items: [{ volid: young }, { volid: local, node: "pve1" }, { volid: old, node: null, notes: "weekly" }],
    partial: false,
  });
  expect(await stage.call(Get, { path: pathOf(local) })).toMatchObject({
    status: 200,
    json: { id: idOf(local), vm: "main/101", verification: "unknown", encrypted: false, protected: false },
  });
  const filters = [
    { vm: "main/104" },
    { storage: "local" },
    { node: "pve1", storage: "local" },
    { tags: "moxxie" },
  ];
  const counts = await Promise.all(
    filters.map(
      async (query) => JSON.stringify((await stage.call(List, { query })).json).split('"volid"').length - 1,
    ),
  );
  expect(counts).toEqual([1, 1, 1, 3]);
});

test("200: a storage that tells nothing leaves the list partial, never empty", async () => {
  const stage = await lab();
  const match = { method: "GET", path: "/nodes/*/storage/local/content" };
  stage.simulator.faults.add({ match, do: "answer", status: 500, reason: "storage 'local' is not online" });
  const { json } = await stage.call(List, {});
  expect(json).toMatchObject({ partial: true });
  expect(JSON.stringify(json)).toContain("storage local of cluster main on pve1 tells nothing");
  expect(JSON.stringify(json)).toContain("backup:backup/");
});

test("202: notes and protection are changed for real, and the line of its maker stays", async () => {
  const stage = await lab();
  const marker = "moxxie=op_01M844DZG0BFT74BY4A5H6SEBA/3";
  const volid = placeBackup(stage, 102, AT, { notes: `first\n${marker}` });
  const body = { notes: "second", protected: true };
  const { operation, items } = await carriedOut(
    stage,
    await stage.call(Update, { path: pathOf(volid), body }),
  );
  expect(operation).toMatchObject({ kind: "backup.update", state: "succeeded" });
  expect(items).toMatchObject([{ vm: { id: "main/102" }, upid: null }]);
  expect(volume(stage, volid)).toMatchObject({ notes: `second\n${marker}`, protected: true });
  expect(writesTo(stage)).toEqual({ [PUT]: 1 });
  const same = await changingNothing({ ...stage, simulator: stage.simulator }, async () => {
    stage.simulator.resetCounters();
    return stage.call(Update, { path: pathOf(volid), body });
  });
  expect(same).toMatchObject({ status: 409, json: { code: "backup.unchanged" } });
  const rows = await auditOf(stage, { action: "backup.update" });
  expect(rows.filter(({ outcome }) => outcome === "succeeded")).toHaveLength(1);
});

test("A5: notes that would pass for the line of a maker are refused, and nothing is changed", async () => {
  const stage = await lab({ mode: "off" });
  const volid = placeBackup(stage, 102, AT, { notes: "first" });
  const body = { notes: "as it was\nmoxxie=op_01M844DZG0BFT74BY4A5H6SEBA/3" };
  const answer = await changingNothing(stage, () => stage.call(Update, { path: pathOf(volid), body }));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/notes" }] } });
});

test("202: a backup is deleted on the node that holds it", async () => {
  const stage = await lab();
  const volid = placeBackup(stage, 102, AT, { storage: "local", node: "pve3" });
  const { operation } = await carriedOut(stage, await stage.call(Delete, { path: pathOf(volid) }));
  expect(operation).toMatchObject({ kind: "backup.delete", state: "succeeded" });
  expect(volume(stage, volid)).toBeUndefined();
  expect(writesTo(stage)).toEqual({ [DELETE]: 1 });
});

test("409: a protected backup is not deleted before that is taken off, whatever override says", async () => {
  const stage = await lab();
  const volid = placeBackup(stage, 102, AT, { protected: true });
  for (const query of [{}, { override: "true" }]) {
    const answer = await changingNothing(stage, () => stage.call(Delete, { path: pathOf(volid), query }));
    expect(answer).toMatchObject({ status: 409, json: { code: "backup.protected" } });
  }
});

test("B9: one that is gone when its turn comes is no success, though Proxmox would call it one", async () => {
  const stage = await lab();
  const volid = placeBackup(stage, 102, AT);
  const answer = await stage.call(Delete, { path: pathOf(volid) });
  stage.simulator.state.volumes = stage.simulator.state.volumes.filter((one) => one.volid !== volid);
  const { operation, items } = await carriedOut(stage, answer);
  expect(operation).toMatchObject({ state: "failed", error: { code: "backup.missing" } });
  expect(items).toMatchObject([{ state: "skipped", error: { code: "backup.missing" } }]);
  expect(writesTo(stage)).toEqual({});
});

test("403: the backups of a foreign guest, and of one that is gone, are kept by safe mode; override sets that aside and is audited", async () => {
  const stage = await lab();
  const foreign = placeBackup(stage, 107, AT);
  const orphan = placeBackup(stage, 4711, AT);
  for (const volid of [foreign, orphan]) {
    const answer = await changingNothing(stage, () => stage.call(Delete, { path: pathOf(volid) }));
    expect(answer).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
  }
  const query = { override: "true" };
  const { items } = await carriedOut(stage, await stage.call(Delete, { path: pathOf(orphan), query }));
  expect(items).toMatchObject([{ state: "succeeded", vm: { id: "main/4711" } }]);
  expect(volume(stage, orphan)).toBeUndefined();
  expect(await auditOf(stage, { target: "main/4711", action: "backup.delete" })).toMatchObject([
    { decision: "override", outcome: "succeeded" },
  ]);
});

test("404: a backup that is not there; 503 when it may lie where nobody answers; 400: what is no id", async () => {
  const stage = await lab();
  const volid = "backup:backup/vzdump-qemu-102-2020_01_01-00_00_00.vma.zst";
  const missing = await changingNothing(stage, () => stage.call(Delete, { path: pathOf(volid) }));
  expect(missing).toMatchObject({ status: 404, json: { code: "backup.missing" } });
  const match = { method: "GET", path: "/nodes/*/storage/backup/content" };
  stage.simulator.faults.add({ match, do: "answer", status: 596, reason: "Connection timed out" });
  const blind = await changingNothing(stage, () => stage.call(Delete, { path: pathOf(volid) }));
  expect(blind.status).toBe(503);
  for (const text of [
    "local:100/vm-100-disk-0.qcow2",
    "backup:backup/../../etc/passwd",
    "backup:backup/a b",
    "",
  ]) {
    const answer = await changingNothing(stage, () => stage.call(Delete, { path: pathOf(text) }));
    expect(answer.status === 400 || answer.status === 404).toBe(true);
  }
});

test("202: a file whose name tells no guest is shown, and may be described by who overrides safe mode", async () => {
  const stage = await lab();
  const { vmid: _, ...rest } = volume(stage, placeBackup(stage, 102, AT)) ?? { vmid: 0, volid: "" };
  const volid = "backup:backup/moved-from-elsewhere.vma.zst";
  Object.assign(stage.simulator.state, { volumes: [{ ...rest, volid }] });
  expect(await stage.call(Get, { path: pathOf(volid) })).toMatchObject({ status: 200, json: { vm: null } });
  const words = { body: { notes: "old", override: true }, path: pathOf(volid) };
  await carriedOut(stage, await stage.call(Update, words));
  expect(volume(stage, volid)?.notes).toBe("old");
});
