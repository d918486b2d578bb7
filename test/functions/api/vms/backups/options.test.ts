import { expect, test } from "vitest";
import * as Bulk from "../../../../../functions/api/bulk/backups.ts";
import * as Restore from "../../../../../functions/api/backups/restore.ts";
import { spec } from "../../../../../functions/api/vms/backups/create.ts";
import { placeBackup } from "../../../../kit/backup.ts";
import { bench, type Bench } from "../../../../kit/bench.ts";
import { lab } from "../../../../kit/lab.ts";
import { carriedOut, changingNothing, writesTo } from "../../../../kit/proof.ts";
import { Operation } from "../../../../kit/shape.ts";

const route = { spec };
const path = { cluster: "main", vmid: 102 };

/** What was asked of Proxmox, field by field. */
const asked = (b: Bench) =>
  b.broken.deeds.flatMap((deed) =>
    deed.port === "request" && deed.target.endsWith("/vzdump")
      ? [Object.fromEntries(new URLSearchParams(deed.body))]
      : [],
  );

test("202: every option reaches Proxmox in its own words, and retention is always left out", async () => {
  const b = await bench({ version: "9.2" });
  const body = {
    storage: "backup",
    mode: "suspend",
    compression: "gzip",
    notes: "a\\b of {{guestname}}",
    protected: true,
    bandwidthBytes: 10_485_760,
    fleecing: { storage: "local-lvm" },
  };
  const answer = await b.call(route, { path, body });
  const { id } = Operation.parse(answer.json);
  await b.live(id);
  expect(asked(b)).toEqual([
    {
      vmid: "102",
      storage: "backup",
      mode: "suspend",
      compress: "gzip",
      protected: "1",
      bwlimit: "10240",
      fleecing: "enabled=1,storage=local-lvm",
      remove: "0",
      "notes-template": String.raw`a\\b of {{guestname}}\nmoxxie=${id}/0`,
    },
  ]);
});

test("fleecing on a version that does not know it is refused before Proxmox is asked for a backup", async () => {
  const stage = await lab({ version: "7.4" });
  const body = { storage: "backup", fleecing: { storage: "local-lvm" } };
  const answer = await stage.call(route, { path, body });
  const told = answer.status === 202 ? JSON.stringify((await carriedOut(stage, answer)).items) : answer.body;
  expect(told).toContain("fleecing");
  expect(writesTo(stage)).toEqual({});
});

test("202: containers are backed up and come back like VMs", async () => {
  const stage = await lab({ mode: "off" });
  const container = Object.values(stage.simulator.state.guests).find(
    ({ kind, node, config }) => kind === "lxc" && node === "pve1" && config["template"] === undefined,
  );
  const vmid = container?.vmid ?? 0;
  const body = { select: { vmids: [vmid] }, storage: "backup" };
  const { items } = await carriedOut(stage, await stage.call(Bulk, { body }));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  const volid = String(items[0]?.result?.["volid"]);
  expect(volid).toContain(`vzdump-lxc-${vmid}-`);
  const restored = await carriedOut(
    stage,
    await stage.call(Restore, {
      path: { cluster: "main" },
      body: { volid, vmid: 5101, storage: "local-lvm", start: true },
    }),
  );
  expect(restored.items).toMatchObject([{ state: "succeeded" }]);
  expect(stage.simulator.state.guests[5101]).toMatchObject({ kind: "lxc", status: "running" });
});

test("202: a guest that is restored beside the first one gets addresses of its own, one in its place keeps them", async () => {
  const stage = await lab({ mode: "off" });
  const first = stage.simulator.state.guests[102];
  const mac = first?.config["net0"];
  const volid = placeBackup(stage, 102, "2026-11-20T02:00:00Z");
  const restore = async (body: Record<string, unknown>) =>
    carriedOut(stage, await stage.call(Restore, { path: { cluster: "main" }, body: { volid, ...body } }));
  await restore({ vmid: 5101 });
  expect(stage.simulator.state.guests[5101]?.config["net0"]).toBeDefined();
  expect(stage.simulator.state.guests[5101]?.config["net0"]).not.toBe(mac);
  if (first) first.status = "stopped";
  await restore({ vmid: 102, force: true });
  expect(stage.simulator.state.guests[102]?.config["net0"]).toBe(mac);
});

test.for([
  ["storage.missing", "nowhere"],
  ["storage.content", "backup"],
] as const)(
  "C: 409 %s: no images for fleecing lie on storage %s, and no backup is made",
  async ([code, storage]) => {
    const stage = await lab();
    const body = { storage: "backup", fleecing: { storage } };
    const answer = await changingNothing(stage, () => stage.call(route, { path, body }));
    expect(answer).toMatchObject({ status: 409, json: { code } });
  },
);
