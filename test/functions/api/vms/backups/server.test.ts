import { expect, test } from "vitest";
import * as Coverage from "../../../../../functions/api/backups/coverage.ts";
import * as Get from "../../../../../functions/api/backups/get.ts";
import * as List from "../../../../../functions/api/backups/list.ts";
import * as Prune from "../../../../../functions/api/backups/prune.ts";
import * as Restore from "../../../../../functions/api/backups/restore.ts";
import * as Update from "../../../../../functions/api/backups/update.ts";
import { spec } from "../../../../../functions/api/vms/backups/create.ts";
import { idOf, placeBackup } from "../../../../kit/backup.ts";
import { lab, type Lab } from "../../../../kit/lab.ts";
import { carriedOut, writesTo } from "../../../../kit/proof.ts";

const route = { spec };
const path = { cluster: "main", vmid: 102 };

/** A stage with a Proxmox Backup Server as its one storage for backups. */
async function withServer(): Promise<Lab> {
  const stage = await lab();
  const { state } = stage.simulator;
  const { path: _, ...nfs } = state.storages["backup"] ?? {
    storage: "",
    type: "",
    content: [],
    shared: true,
    total: 1,
  };
  state.storages["pbs"] = { ...nfs, storage: "pbs", type: "pbs", shared: true };
  state.volumes = state.volumes.filter(({ content }) => content !== "backup");
  return stage;
}

const made = ({ simulator }: Lab) => simulator.state.volumes.filter(({ storage }) => storage === "pbs");

/** A backup on the server, with what that found when it looked at it. */
function place(stage: Lab, day: string, state?: "ok" | "failed") {
  const at = `2026-11-${day}T02:00:00Z`;
  const facts = { volid: `pbs:backup/vm/102/${at}`, storage: "pbs", format: "pbs-vm" };
  placeBackup(stage, 102, at, { ...facts, ...(state ? { verification: { state, upid: "" } } : {}) });
  return facts.volid;
}

test.for(["cut-before", "cut-after"] as const)(
  "202: a backup with words of several lines is made once on a backup server, also when the answer is lost (%s)",
  async (fault) => {
    const stage = await withServer();
    const match = { method: "POST", path: "/nodes/{node}/vzdump", times: 1 };
    stage.simulator.faults.add({ match, do: fault });
    const body = { storage: "pbs", notes: "before upgrade\nof everything" };
    const { items } = await carriedOut(stage, await stage.call(route, { path, body }));
    expect(made(stage)).toHaveLength(1);
    expect(items).toMatchObject([{ state: "succeeded", result: { volid: made(stage)[0]?.volid } }]);
  },
);

test("200: all of the notes are shown of one, and changed as a whole; the list has their first line", async () => {
  const stage = await withServer();
  const body = { storage: "pbs", notes: "first\nsecond" };
  const { items } = await carriedOut(stage, await stage.call(route, { path, body }));
  const one = { cluster: "main", backup: String(items[0]?.result?.["backup"]) };
  expect((await stage.call(List, {})).json).toMatchObject({ items: [{ notes: "first" }] });
  expect((await stage.call(Get, { path: one })).json).toMatchObject({ notes: "first\nsecond" });
  await carriedOut(stage, await stage.call(Update, { path: one, body: { notes: "first" } }));
  expect((await stage.call(Get, { path: one })).json).toMatchObject({ notes: "first" });
  expect(made(stage)[0]?.notes).toMatch(/^first\nmoxxie=op_/);
});

test("200: what the server found is told of each, and counts for coverage", async () => {
  const stage = await withServer();
  place(stage, "20", "ok");
  place(stage, "21", "failed");
  place(stage, "22");
  const { json } = await stage.call(List, {});
  expect(json).toMatchObject({
    items: [{ verification: "none" }, { verification: "failed" }, { verification: "ok" }],
  });
  const failed = await stage.call(List, { query: { verification: "failed" } });
  expect(failed.json).toMatchObject({ items: [{ createdAt: "2026-11-21T02:00:00.000Z" }] });
  const query = { verified: "true", maxAge: "7d", state: "unverified" };
  expect((await stage.call(Coverage, { query })).json).toMatchObject({
    items: [{ vm: { id: "main/102" }, because: "nobody has verified its newest backup" }],
  });
});

test("202: a prune keeps the last that verified, and keeps all where the newest did not", async () => {
  for (const [newest, left] of [
    ["ok", ["20", "22"]],
    ["failed", ["20", "21", "22"]],
  ] as const) {
    const stage = await withServer();
    const volids = [place(stage, "20", "ok"), place(stage, "21", "failed"), place(stage, "22", newest)];
    const held = made(stage).find(({ volid }) => volid === volids[0]);
    if (held) held.protected = true;
    const body = { select: { vmids: [102] }, keep: { last: 1 } };
    await carriedOut(stage, await stage.call(Prune, { body }));
    expect(made(stage).map(({ volid }) => volid.slice(26, 28))).toEqual(left);
  }
});

test("202: a guest comes out of a backup on a server", async () => {
  const stage = await withServer();
  const volid = place(stage, "20", "ok");
  const body = { volid, vmid: 5101, storage: "nfs", storages: { scsi0: "local-lvm" } };
  const { items } = await carriedOut(stage, await stage.call(Restore, { path: { cluster: "main" }, body }));
  expect(items).toMatchObject([{ state: "succeeded", result: { vmid: 5101 } }]);
  expect(writesTo(stage)["POST /nodes/{node}/qemu"]).toBe(1);
  expect(stage.simulator.state.guests[5101]?.config["scsi0"]).toMatch(/^local-lvm:/);
  expect(idOf(volid)).not.toContain("/");
});
