import { expect, test } from "vitest";
import { rows, simulation } from "./lab.ts";

const ONLY_ROOT = "Permission check failed (mount point type bind is only allowed for root@pam)";

test("G3: a token cannot set a bind mount, be it root's; root with a ticket can", async () => {
  const { put, send, where, simulator } = simulation();
  const mount = { mp0: "/srv/data,mp=/data" };
  expect(await put(`${where(203)}/config`, mount)).toMatchObject({ status: 403, reason: ONLY_ROOT });
  const device = { mp0: "/dev/sdb1,mp=/data" };
  expect((await put(`${where(203)}/config`, device)).reason).toContain("mount point type device is only");
  const login = { username: "root@pam", password: simulator.password };
  const answer = await send("POST", "/access/ticket", login, { authorization: "" });
  const made: Record<string, unknown> = Object(answer.json.data);
  const headers = {
    authorization: "",
    cookie: `PVEAuthCookie=${encodeURIComponent(String(made.ticket))}`,
    csrfpreventiontoken: String(made.CSRFPreventionToken),
  };
  expect((await send("PUT", `${where(203)}/config`, mount, headers)).status).toBe(200);
  expect(simulator.state.guests[203]?.config).toMatchObject(mount);
});

test("G3: a container with a bind mount cannot be snapshot nor cloned", async () => {
  const { get, post, ended, where, simulator } = simulation();
  Object.assign(simulator.state.guests[203]?.config ?? {}, { mp0: "/srv/a:b,mp=/data" });
  const { json } = await get(`${where(203)}/feature`, { feature: "snapshot" });
  expect(json.data).toMatchObject({ hasFeature: 0 });
  expect(await ended(await post(`${where(203)}/snapshot`, { snapname: "s1" }))).toBe(
    "snapshot feature is not available",
  );
  expect(await post(`${where(203)}/clone`, { newid: 900, full: 1 })).toMatchObject({
    status: 500,
    reason: "unable to clone mountpoint 'mp0' (type bind)",
  });
  expect(simulator.state.guests[900]).toBeUndefined();
});

test("G4: a VM whose ISO image or disk is gone does not start, and stays down after a reboot", async () => {
  const { post, ended, where, simulator, clock } = simulation();
  Object.assign(simulator.state.guests[107]?.config ?? {}, { ide2: "local:iso/gone.iso,media=cdrom" });
  const start = async (vmid: number) => ended(await post(`${where(vmid)}/status/start`));
  expect(await start(107)).toBe("volume 'local:iso/gone.iso' does not exist");
  Object.assign(simulator.state.guests[107]?.config ?? {}, { ide2: "none,media=cdrom" });
  expect(await start(107)).toBe("OK");
  Object.assign(simulator.state.guests[110]?.config ?? {}, { scsi1: "local-lvm:vm-110-disk-7,size=1G" });
  expect(await start(110)).toBe("no such logical volume pve/vm-110-disk-7");
  Object.assign(simulator.state.guests[102]?.config ?? {}, { ide2: "local:iso/gone.iso,media=cdrom" });
  expect(await ended(await post(`${where(102)}/status/reboot`))).toBe("OK");
  await clock.advance(10_000);
  expect(simulator.state.guests[102]?.status).toBe("stopped");
});

test("G4: OVMF without an EFI disk starts with a warning", async () => {
  const { post, get, ended, where, simulator } = simulation();
  Object.assign(simulator.state.guests[107]?.config ?? {}, { bios: "ovmf" });
  const answer = await post(`${where(107)}/status/start`);
  expect(await ended(answer)).toBe("WARNINGS: 1");
  const log = rows(await get(`/nodes/pve1/tasks/${String(answer.json.data)}/log`)).map(({ t }) => t);
  expect(log).toContain("WARN: no efidisk configured! Using temporary efivars disk.");
});

test(String.raw`G5: in notes of a backup \\ is a backslash and \n a line break`, async () => {
  const { post, get, ended } = simulation();
  const notes = String.raw`C:\\new\\{{guestname}}\nby hand`;
  await ended(await post("/nodes/pve1/vzdump", { vmid: 107, storage: "backup", "notes-template": notes }));
  const [backup] = rows(await get("/nodes/pve1/storage/backup/content", { vmid: 107 }));
  expect(backup).toMatchObject({ notes: "C:\\new\\cache-1\nby hand" });
});

test.for([
  [107, "one\ntwo", "one\ntwo"],
  [107, "one \n\n", "one"],
  [203, "one\ntwo", "one\ntwo\n"],
  [203, "one\n\n", "one\n"],
] as const)("G5: notes of %i, written as %j, read as %j", async ([vmid, written, read]) => {
  const { put, get, post, ended, where } = simulation();
  await put(`${where(vmid)}/config`, { description: written });
  expect((await get(`${where(vmid)}/config`)).json.data).toMatchObject({ description: read });
  await ended(await post(`${where(vmid)}/snapshot`, { snapname: "s1", description: written }));
  expect(rows(await get(`${where(vmid)}/snapshot`))[0]).toMatchObject({ description: read });
  const config = (await get(`${where(vmid)}/snapshot/s1/config`)).json.data;
  expect(config).toMatchObject({ description: read });
});
