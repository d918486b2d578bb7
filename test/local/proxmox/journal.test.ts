import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createSimulator } from "../../../local/proxmox/index.ts";
import { virtualClock } from "../../kit/clock.ts";

const folder = mkdtempSync(join(tmpdir(), "moxxie-journal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const post = (token: string, target: string, body: string) => ({
  method: "POST",
  target: `/api2/json${target}`,
  headers: { authorization: `PVEAPIToken=${token}` },
  body,
});

test("after a kill a task in flight ended with unexpected status, its lock is left and the snapshot half made", async () => {
  const file = join(folder, "killed.json");
  const before = createSimulator({ clock: virtualClock(), file });
  const answer = await before.handle(post(before.token, "/nodes/pve1/qemu/101/snapshot", "snapname=s1"));
  expect(answer.status).toBe(200);
  const after = createSimulator({ clock: virtualClock(), file });
  const task = Object.values(after.state.tasks).find(({ type }) => type === "qmsnapshot");
  expect(task).toMatchObject({ exitstatus: "unexpected status" });
  expect(after.state.guests[101]).toMatchObject({
    lock: "snapshot",
    snapshots: { s1: { snapstate: "prepare" } },
  });
  expect(after.token).toBe(before.token);
});

test("what was answered is on disk: every acknowledged change is there after a restart", async () => {
  const file = join(folder, "changes.json");
  const before = createSimulator({ clock: virtualClock(), file });
  const put = (vmid: number, node: string) => ({
    ...post(before.token, `/nodes/${node}/qemu/${vmid}/config`, `description=changed-${vmid}`),
    method: "PUT",
  });
  const answers = await Promise.all(
    [101, 102, 103].map((vmid, index) => before.handle(put(vmid, `pve${index + 1}`))),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  const after = createSimulator({ clock: virtualClock(), file });
  for (const vmid of [101, 102, 103])
    expect(after.state.guests[vmid]?.config.description).toBe(`changed-${vmid}`);
});
