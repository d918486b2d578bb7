import { expect, test } from "vitest";
import { spec as cancel } from "../../../functions/api/operations/cancel.ts";
import { spec as retry } from "../../../functions/api/operations/retry.ts";
import { spec } from "../../../functions/api/backups/restore.ts";
import { placeBackup, placeOwnBackup } from "../../kit/backup.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import type { Deed } from "../../kit/breaking.ts";
import { Operation } from "../../kit/shape.ts";

const AT = "2026-11-20T02:00:00Z";
const DISKS = { scsi0: "local-lvm:vm-107-disk-0,size=32G", virtio1: "local-lvm:vm-107-disk-1,size=64G" };
const guestOf = (b: Bench, vmid: number) => b.simulator.state.guests[vmid];
const numbers = (b: Bench) => Object.keys(b.simulator.state.guests).map(Number);

/** A backup of guest 107 with two disks. */
const backedUp = (b: Bench) =>
  placeOwnBackup(b, 107, AT, { config: { ...guestOf(b, 107)?.config, ...DISKS } });

async function restore(b: Bench, body: object): Promise<string> {
  const answer = await b.call({ spec }, { path: { cluster: "main" }, body });
  expect(answer).toMatchObject({ status: 202 });
  return Operation.parse(answer.json).id;
}

const asks = (method: string, ending: RegExp) => (deed: Deed) =>
  deed.port === "request" && deed.method === method && ending.test(deed.target);

/** Another guest under the number, as somebody makes it who has destroyed the first. */
function replaceBy(b: Bench, vmid: number, name: string): void {
  const { guests } = b.simulator.state;
  const guest = guests[vmid] ?? guests["107"];
  if (!guest) throw new Error("no guest");
  const { lock: _, ...rest } = guest;
  guests[vmid] = { ...rest, vmid, config: { name, tags: "finance", scsi0: "local-lvm:vm-1-disk-0,size=8G" } };
}

test("a guest that got the VMID after the first look is never replaced, not even by a later attempt", async () => {
  const b = await bench({ mode: "off" });
  Object.assign(guestOf(b, 107) ?? {}, { status: "stopped" });
  const volid = backedUp(b);
  b.broken.on(asks("POST", /\/qemu$/), "before");
  const id = await restore(b, { volid, vmid: 107, force: true });
  await b.run(5000);
  replaceBy(b, 107, "payroll-db");
  await b.live(id, 120);
  expect(guestOf(b, 107)?.config["name"]).toBe("payroll-db");
  expect(await b.item(id)).toMatchObject({ state: "skipped", error: { code: "vm.changed" } });
});

test("a guest that got the VMID between two steps is neither tagged nor moved nor started", async () => {
  const b = await bench({ mode: "strict" });
  const volid = backedUp(b);
  const body = {
    volid,
    vmid: 5101,
    node: "pve1",
    storage: "local-lvm",
    storages: { scsi0: "nfs" },
    start: true,
  };
  b.broken.on(asks("PUT", /5101\/config/), "before");
  const id = await restore(b, body);
  await b.run(600_000, async () => (await b.item(id)).detail["step"] === "tag");
  await b.run(2000);
  replaceBy(b, 5101, "payroll-db");
  await b.live(id, 120);
  expect(guestOf(b, 5101)?.config).toMatchObject({
    tags: "finance",
    scsi0: expect.stringContaining("local-lvm:"),
  });
  const detail: unknown = expect.stringContaining("another guest");
  expect(await b.item(id)).toMatchObject({ state: "failed", error: { detail } });
});

test.for(["move_disk", "qemu"])(
  "a retry makes no second guest where nobody knows whether the first is there: its %s was not answered",
  async (call) => {
    const b = await bench();
    const volid = backedUp(b);
    const before = numbers(b);
    const path = call === "qemu" ? "/nodes/{node}/qemu" : "/nodes/{node}/qemu/{vmid}/move_disk";
    b.simulator.faults.add({ match: { method: "POST", path, times: 1 }, do: "cut-after" });
    const offline = (on: boolean) => b.simulator.inflict({ do: "node-offline", node: "pve1", on });
    b.broken.between(asks("POST", new RegExp(`/${call}$`)), async () => {
      b.broken.between(asks("GET", /\/tasks/), async () => offline(true));
    });
    const id = await restore(b, {
      volid,
      node: "pve1",
      storage: "local-lvm",
      storages: { scsi0: "nfs" },
      deadline: "10m",
    });
    await b.live(id, 240);
    expect(await b.item(id)).toMatchObject({ state: "unknown" });
    offline(false);
    await b.clock.advance(600_000);
    const again = await b.call({ spec: retry }, { path: { operation: id } });
    expect(again).toMatchObject({ status: 409, json: { code: "operation.nothing" } });
    expect(numbers(b).filter((vmid) => !before.includes(vmid))).toHaveLength(1);
  },
);

test("a disk of a container lies where it was asked for, though Proxmox lays all others on local", async () => {
  const b = await bench({ mode: "off" });
  b.simulator.state.storages["local"]?.content.push("rootdir");
  const config = { ...guestOf(b, 203)?.config, mp0: "local-lvm:vm-203-disk-1,mp=/srv,size=8G,backup=1" };
  const volid = placeBackup(b, 203, AT, { config });
  const id = await restore(b, { volid, vmid: 5101, node: "pve1", storages: { mp0: "local-lvm" } });
  await b.live(id);
  expect(await b.item(id)).toMatchObject({ state: "succeeded" });
  expect(guestOf(b, 5101)?.config).toMatchObject({
    rootfs: expect.stringMatching(/^local:/),
    mp0: expect.stringMatching(/^local-lvm:/),
  });
});

test("a forced restore that is stopped says that what was there is lost, and what is left", async () => {
  const b = await bench({ mode: "off", speed: 0.01 });
  Object.assign(guestOf(b, 107) ?? {}, { status: "stopped" });
  const volid = backedUp(b);
  const id = await restore(b, { volid, vmid: 107, force: true });
  await b.run(60_000, async () => (await b.item(id)).state === "sent");
  await b.call({ spec: cancel }, { path: { operation: id }, body: { running: "stop" } });
  await b.live(id);
  const detail: unknown = expect.stringContaining("what main/107 held is lost; it is half made and locked");
  expect(await b.item(id)).toMatchObject({ state: "failed", error: { detail } });
});

test("a restored guest that somebody else has started is what was wanted", async () => {
  const b = await bench({ mode: "off" });
  const volid = backedUp(b);
  b.broken.between(asks("POST", /5101\/status\/start/), async () => {
    Object.assign(guestOf(b, 5101) ?? {}, { status: "running" });
  });
  const id = await restore(b, { volid, vmid: 5101, node: "pve1", start: true });
  await b.live(id);
  expect(await b.item(id)).toMatchObject({ state: "succeeded", result: { vmid: 5101, node: "pve1" } });
});

test("a deadline that passes between two steps hides neither the guest nor what it lacks", async () => {
  const b = await bench();
  const volid = backedUp(b);
  b.broken.between(asks("POST", /move_disk/), async () => {
    b.simulator.inflict({ do: "node-offline", node: "pve1", on: true });
  });
  const more = { storage: "local-lvm", storages: { scsi0: "nfs" }, deadline: "10m" };
  const id = await restore(b, { volid, vmid: 5101, node: "pve1", ...more });
  await b.live(id, 240);
  const detail: unknown = expect.stringContaining("scsi0 is not on nfs");
  expect(await b.item(id)).toMatchObject({ result: { vmid: 5101, node: "pve1" }, error: { detail } });
});
