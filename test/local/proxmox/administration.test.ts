import * as fc from "fast-check";
import { expect, test } from "vitest";
import { pruneMarks } from "../../../local/proxmox/prune.ts";
import { rows, simulation } from "./lab.ts";

test("what a running VM cannot take at once waits for its next start, and can be taken back", async () => {
  const { get, put, post, ended, where } = simulation();
  const config = `${where(101)}/config`;
  const coresOf = async (current: number) => Object((await get(config, { current })).json.data).cores;
  const before = await coresOf(1);
  await put(config, { cores: 7, description: "at once" });
  expect([await coresOf(1), await coresOf(0)]).toEqual([before, 7]);
  expect((await get(config, { current: 1 })).json.data).toMatchObject({ description: "at once" });
  const waiting = async () => rows(await get(`${where(101)}/pending`)).find(({ key }) => key === "cores");
  expect(await waiting()).toMatchObject({ value: before, pending: 7 });
  await put(config, { revert: "cores" });
  expect(await waiting()).not.toHaveProperty("pending");
  await put(config, { cores: 7 });
  await put(config, { delete: "onboot" });
  await ended(await post(`${where(101)}/status/stop`));
  await ended(await post(`${where(101)}/status/start`));
  expect([await coresOf(1), await coresOf(0)]).toEqual([7, 7]);
});

test("a backup thins out by the retention of the call or of its storage, and protected ones stay", async () => {
  const { get, post, put, ended, clock, simulator } = simulation({ nodes: 1, guests: 0 });
  await ended(await post("/nodes/pve1/qemu", { vmid: 100 }));
  const backUp = async (form: Record<string, string | number> = {}) => {
    await clock.advance(60_000);
    expect(await ended(await post("/nodes/pve1/vzdump", { vmid: 100, storage: "local", ...form }))).toBe(
      "OK",
    );
  };
  const count = async () =>
    rows(await get("/nodes/pve1/storage/local/content", { content: "backup" })).length;
  await backUp({ protected: 1 });
  await backUp();
  await backUp({ compress: "zstd" });
  expect(await count()).toBe(3);
  expect(simulator.state.volumes.map(({ format }) => format)).toEqual(["vma", "vma", "vma.zst"]);
  await backUp({ "prune-backups": "keep-last=1" });
  expect(await count()).toBe(2);
  await put("/storage/local", { "prune-backups": "keep-last=2" });
  await backUp();
  await backUp();
  expect(await count()).toBe(3);
  const marks = rows(await get("/nodes/pve1/storage/local/prunebackups", { "prune-backups": "keep-last=1" }));
  expect(marks.map(({ mark }) => String(mark)).toSorted((a, b) => a.localeCompare(b))).toEqual([
    "keep",
    "protected",
    "remove",
  ]);
});

test("pruning keeps the newest, never removes what is protected, and all of it when nothing is said", () => {
  const volume = fc.record({
    ctime: fc.integer({ min: 1_700_000_000, max: 1_800_000_000 }),
    protected: fc.boolean(),
  });
  const spans = ["keep-last", "keep-daily", "keep-weekly", "keep-yearly"];
  const keep = fc.dictionary(fc.constantFrom(...spans), fc.integer({ min: 0, max: 3 }).map(String));
  fc.assert(
    fc.property(fc.array(volume, { maxLength: 12 }), keep, (drawn, wanted) => {
      const backups = drawn.map((one, index) => ({
        ...one,
        volid: `local:backup/${index}`,
        storage: "local",
        content: "backup",
        format: "vma",
        size: 1,
        used: 1,
      }));
      const marks = pruneMarks(backups, wanted);
      const open = backups.filter((one) => !one.protected).toSorted((a, b) => b.ctime - a.ctime);
      const kept = open.filter(({ volid }) => marks.get(volid) === "keep");
      const most = Object.values(wanted).reduce((total, number) => total + Number(number), 0);
      expect(
        backups.filter((one) => one.protected).every(({ volid }) => marks.get(volid) === "protected"),
      ).toBe(true);
      expect(kept.length).toBeLessThanOrEqual(most === 0 ? open.length : most);
      expect(kept.length).toBeGreaterThanOrEqual(most === 0 ? open.length : Math.min(1, open.length));
      expect(open.slice(0, 1).every(({ volid }) => marks.get(volid) === "keep")).toBe(true);
    }),
  );
});

test("a storage is made, changed, switched off and removed", async () => {
  const { get, post, put, remove } = simulation({ nodes: 1, guests: 0 });
  const dir = { storage: "second", type: "dir" };
  expect((await post("/storage", dir)).reason).toBe("missing value for required option 'path'");
  expect((await post("/storage", { ...dir, path: "/mnt", server: "x" })).reason).toBe(
    "unexpected property 'server'",
  );
  expect((await post("/storage", { ...dir, path: "/mnt", content: "iso" })).json.data).toEqual(dir);
  expect((await post("/storage", { ...dir, path: "/mnt" })).reason).toBe(
    "create storage failed: storage ID 'second' already defined",
  );
  expect((await post("/nodes/pve1/qemu", { vmid: 100, scsi0: "second:1" })).json.errors).toEqual({
    storage: "storage 'second' does not support vm images",
  });
  await put("/storage/second", { disable: 1 });
  expect((await get("/nodes/pve1/storage/second/content")).reason).toBe("storage 'second' is disabled");
  expect((await put("/storage/second", { delete: "path" })).reason).toContain(
    "unable to delete required option",
  );
  expect((await remove("/storage/second")).status).toBe(200);
  expect((await get("/storage/second")).status).toBe(500);
});

test("many guests are started at once, and those that run already are only warned about", async () => {
  const { get, post, ended, simulator } = simulation({ version: "9.2", nodes: 1, guests: 0 });
  for (const vmid of [100, 101]) await ended(await post("/nodes/pve1/qemu", { vmid }));
  const first = await post("/cluster/bulk-action/guest/start", { vms: 100 });
  expect(await ended(first)).toBe("OK");
  expect(await ended(await post("/nodes/pve1/startall", { force: 1 }))).toBe("OK");
  expect(Object.values(simulator.state.guests).map(({ status }) => status)).toEqual(["running", "running"]);
  const again = await post("/cluster/bulk-action/guest/start", { vms: 100 });
  expect(await ended(again)).toBe("WARNINGS: 1");
  const log = rows(await get(`/nodes/pve1/tasks/${String(again.json.data)}/log`)).map(({ t }) => t);
  expect(log).toContain("WARN: Skipping VM 100, already running.");
  expect((await post("/cluster/bulk-action/guest/start", { vms: "100,101" })).json.errors).toHaveProperty(
    "vms[0]",
  );
});

test("each option of a guest wants its own privilege, and a new disk wants space", async () => {
  const { put, post, send } = simulation();
  await post("/access/users", { userid: "ann@pve" });
  const made = await post("/access/users/ann@pve/token/tt", { privsep: 1 });
  const { value }: { value?: unknown } = Object(made.json.data);
  await post("/access/roles", { roleid: "Cores", privs: "VM.Config.CPU,VM.Config.Disk" });
  for (const who of [{ users: "ann@pve" }, { tokens: "ann@pve!tt" }])
    await put("/access/acl", { path: "/vms/107", roles: "Cores", ...who });
  const change = (form: Record<string, string | number>) =>
    send("PUT", "/nodes/pve1/qemu/107/config", form, {
      authorization: `PVEAPIToken=ann@pve!tt=${String(value)}`,
    });
  expect((await change({ cores: 2 })).reason).not.toContain("Permission");
  expect((await change({ memory: 512 })).reason).toBe("Permission check failed (/vms/107, VM.Config.Memory)");
  expect((await change({ scsi5: "local-lvm:1" })).reason).toBe(
    "Permission check failed (/storage/local-lvm, Datastore.AllocateSpace)",
  );
  await put("/access/users/ann@pve", { enable: 0 });
  expect((await change({ cores: 2 })).status).toBe(401);
});
