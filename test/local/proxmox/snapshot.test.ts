import { expect, test } from "vitest";
import { rows, simulation } from "./lab.ts";

const UPID = /^UPID:pve1:[0-9A-F]{8}:[0-9A-F]{8}:[0-9A-F]{8}:qmsnapshot:101:root@pam!main:$/;

test("a snapshot is a task, and then a row before the current state", async () => {
  const { post, get, ended, where } = simulation();
  const answer = await post(`${where(101)}/snapshot`, { snapname: "before", description: "an update" });
  expect(answer.json.data).toMatch(UPID);
  expect(await ended(answer)).toBe("OK");
  const list = rows(await get(`${where(101)}/snapshot`));
  expect(list).toEqual([
    { name: "before", description: "an update", snaptime: expect.any(Number), vmstate: 0 },
    {
      name: "current",
      description: "You are here!",
      digest: expect.stringMatching(/^[0-9a-f]{40}$/),
      running: 1,
      parent: "before",
    },
  ]);
});

test("of three snapshots at once one is taken and the others find the VM locked, not the name used", async () => {
  const { post, ended, where } = simulation();
  const path = `${where(101)}/snapshot`;
  const answers = [];
  for (let count = 0; count < 3; count++) answers.push(await post(path, { snapname: "same" }));
  const ends = [];
  for (const answer of answers) ends.push(await ended(answer));
  expect(ends).toEqual(["OK", "VM is locked (snapshot)", "VM is locked (snapshot)"]);
});

test("a name that is used fails in the task, a reserved or malformed one at once", async () => {
  const { post, ended, where } = simulation();
  const path = `${where(101)}/snapshot`;
  await ended(await post(path, { snapname: "s1" }));
  expect(await ended(await post(path, { snapname: "s1" }))).toBe("snapshot name 's1' already used");
  const reserved = await post(path, { snapname: "current" });
  expect([reserved.status, reserved.reason]).toEqual([
    500,
    "unable to use snapshot name 'current' (reserved name)",
  ]);
  expect((await post(path, { snapname: "1bad" })).json.errors).toEqual({
    snapname: "invalid format - invalid configuration ID '1bad'\n",
  });
  expect((await post(path, { snapname: "x".repeat(41) })).json.errors).toEqual({
    snapname: "value may only be 40 characters long",
  });
});

test("rolling back to or deleting a snapshot that is not there fails in the task; its config is a 500", async () => {
  const { post, remove, get, ended, where } = simulation();
  const path = `${where(101)}/snapshot/nosuch`;
  expect(await ended(await post(`${path}/rollback`))).toBe("snapshot 'nosuch' does not exist");
  expect(await ended(await remove(path))).toBe("snapshot 'nosuch' does not exist");
  expect((await get(`${path}/config`)).reason).toBe("snapshot 'nosuch' does not exist");
});

test("deleting the middle of a chain hangs its children onto its parent", async () => {
  const { post, remove, get, ended, where } = simulation();
  const path = `${where(107)}/snapshot`;
  for (const snapname of ["s1", "s2", "s3"]) await ended(await post(path, { snapname }));
  expect(await ended(await remove(`${path}/s2`))).toBe("OK");
  const parents = rows(await get(path)).map(({ name, parent }) => [name, parent]);
  expect(parents).toEqual([
    ["s1", undefined],
    ["s3", "s1"],
    ["current", "s3"],
  ]);
});

test("a rollback brings the old configuration back, stops the VM and makes the snapshot its parent", async () => {
  const { post, put, get, ended, where, simulator } = simulation();
  await ended(await post(`${where(102)}/snapshot`, { snapname: "small" }));
  await put(`${where(102)}/config`, { cores: 8 });
  expect(await ended(await post(`${where(102)}/snapshot/small/rollback`))).toBe("OK");
  expect((await get(`${where(102)}/config`)).json.data).toMatchObject({ cores: 2, parent: "small" });
  expect(simulator.state.guests[102]?.status).toBe("stopped");
});

test("a snapshot with RAM of a running VM brings it back running", async () => {
  const { post, ended, where, simulator } = simulation();
  await ended(await post(`${where(102)}/snapshot`, { snapname: "warm", vmstate: 1 }));
  await ended(await post(`${where(102)}/snapshot/warm/rollback`));
  expect(simulator.state.guests[102]?.status).toBe("running");
});

test("the guest is locked and the snapshot half made while the task runs, and neither afterwards", async () => {
  const { post, get, ended, where } = simulation();
  const answer = await post(`${where(101)}/snapshot`, { snapname: "s1" });
  const resources = rows(await get("/cluster/resources", { type: "vm" }));
  expect(resources.find(({ vmid }) => vmid === 101)).toMatchObject({ lock: "snapshot" });
  expect(rows(await get(`${where(101)}/snapshot`))[0]).toMatchObject({ name: "s1", snapstate: "prepare" });
  await ended(answer);
  expect((await get(`${where(101)}/config`)).json.data).not.toHaveProperty("lock");
  expect(rows(await get(`${where(101)}/snapshot`))[0]).not.toHaveProperty("snapstate");
});

test("a raw file cannot be snapshot: the feature says so and the task fails", async () => {
  const { post, get, ended, where } = simulation();
  expect((await get(`${where(112)}/feature`, { feature: "snapshot" })).json.data).toMatchObject({
    hasFeature: 0,
  });
  expect((await get(`${where(103)}/feature`, { feature: "snapshot" })).json.data).toMatchObject({
    hasFeature: 1,
  });
  expect(await ended(await post(`${where(112)}/snapshot`, { snapname: "s1" }))).toBe(
    "snapshot feature is not available",
  );
});

test("a snapshot's description can be changed; changing nothing is fine too", async () => {
  const { post, put, get, ended, where } = simulation();
  await ended(await post(`${where(201)}/snapshot`, { snapname: "s1", description: "old" }));
  const path = `${where(201)}/snapshot/s1/config`;
  expect((await put(path, { description: "new" })).status).toBe(200);
  expect((await put(path)).status).toBe(200);
  expect((await get(path)).json.data).toMatchObject({ description: "new\n", hostname: "proxy-1" });
});

test("a template left by a crash cannot be rolled back to", async () => {
  const { post, ended, where, simulator } = simulation();
  const guest = simulator.state.guests[107];
  if (guest) guest.snapshots.half = { config: {}, snaptime: 1, snapstate: "prepare" };
  expect(await ended(await post(`${where(107)}/snapshot/half/rollback`))).toBe(
    "unable to rollback to incomplete snapshot (snapstate = prepare)",
  );
});
