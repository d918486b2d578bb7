import { expect, test } from "vitest";
import { simulation } from "./lab.ts";

test("numbers and booleans come as numbers, memory as text, and there is a digest", async () => {
  const { get, where } = simulation();
  expect((await get(`${where(101)}/config`)).json.data).toMatchObject({
    cores: 2,
    memory: "2048",
    name: "web-1",
    digest: expect.stringMatching(/^[0-9a-f]{40}$/),
  });
});

test("7.4 gives memory as a number", async () => {
  const { get, where } = simulation({ version: "7.4" });
  expect((await get(`${where(101)}/config`)).json.data).toMatchObject({ memory: 2048 });
});

test("an update with a stale digest is refused and changes nothing; with the right one it works and the digest moves", async () => {
  const { get, put, where } = simulation();
  const path = `${where(101)}/config`;
  const read = async () => Object(await (await get(path)).json.data);
  const { digest } = await read();
  const stale = await put(path, { description: "x", digest: "0".repeat(40) });
  expect([stale.status, stale.reason]).toEqual([500, "checksum mismatch (file change by other user?)"]);
  expect((await read()).digest).toBe(digest);
  expect((await put(path, { description: "x", digest })).status).toBe(200);
  expect((await read()).digest).not.toBe(digest);
});

test("tags of an update are put in lower case, once each, in order; no tags leave a blank", async () => {
  const { get, put, where } = simulation();
  const path = `${where(101)}/config`;
  await put(path, { tags: "web,Prod web;b" });
  expect((await get(path)).json.data).toMatchObject({ tags: "b;prod;web" });
  await put(path, { tags: "" });
  expect((await get(path)).json.data).toMatchObject({ tags: " " });
  expect((await put(path, { tags: "a:b" })).json.errors).toEqual({
    tags: "invalid format - invalid characters in tag\n",
  });
});

test("an update without options, of an unknown VM, or of a locked one is a 500", async () => {
  const { put, where, simulator } = simulation();
  expect((await put(`${where(101)}/config`)).reason).toBe("no options specified");
  expect((await put("/nodes/pve2/qemu/101/config", { cores: 1 })).reason).toBe(
    "Configuration file 'nodes/pve2/qemu-server/101.conf' does not exist",
  );
  Object.assign(simulator.state.guests[101] ?? {}, { lock: "backup" });
  expect((await put(`${where(101)}/config`, { cores: 1 })).reason).toBe("VM is locked (backup)");
});

test("what only root may do is refused to a token of root", async () => {
  const { put, where } = simulation();
  const path = `${where(101)}/config`;
  expect((await put(path, { delete: "lock" })).reason).toBe("only root can set 'lock' config");
  expect((await put(path, { args: "-S" })).reason).toBe("only root can set 'args' config");
  expect((await put(path, { cores: 1, skiplock: 1 })).json.errors).toEqual({
    skiplock: "Only root may use this option.",
  });
});

test("a key can be deleted, and POST does the same in a task", async () => {
  const { get, put, post, ended, where } = simulation();
  await put(`${where(101)}/config`, { delete: "agent" });
  expect((await get(`${where(101)}/config`)).json.data).not.toHaveProperty("agent");
  const answer = await post(`${where(101)}/config`, { cores: 3 });
  expect(answer.json.data).toContain(":qmconfig:101:");
  expect(await ended(answer)).toBe("OK");
  expect((await get(`${where(101)}/config`)).json.data).toMatchObject({ cores: 3 });
});

test("a new disk in an update is made; one that is deleted becomes unused, and is gone when that is deleted too", async () => {
  const { get, put, where, simulator } = simulation();
  const path = `${where(107)}/config`;
  expect((await put(path, { scsi1: "local-lvm:8" })).status).toBe(200);
  expect((await get(path)).json.data).toMatchObject({ scsi1: "local-lvm:vm-107-disk-1,size=8G" });
  await put(path, { delete: "scsi1" });
  expect((await get(path)).json.data).toMatchObject({ unused0: "local-lvm:vm-107-disk-1" });
  await put(path, { delete: "unused0" });
  expect(simulator.state.volumes.some(({ volid }) => volid === "local-lvm:vm-107-disk-1")).toBe(false);
  expect((await put(path, { scsi2: "nosuch:1" })).reason).toBe("storage 'nosuch' does not exist");
  expect((await put(path, { delete: "nosuchkey" })).json.errors).toEqual({
    delete: "unknown option 'nosuchkey'",
  });
});
