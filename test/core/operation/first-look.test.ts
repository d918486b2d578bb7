import * as fc from "fast-check";
import { expect, test } from "vitest";
import { PACES } from "../../../core/context.ts";
import { parseUpid } from "../../../core/proxmox/index.ts";
import { firstLook } from "../../../core/operation/look-time.ts";
import * as Delete from "../../../functions/api/backups/delete.ts";
import * as Prune from "../../../functions/api/backups/prune.ts";
import * as Backup from "../../../functions/api/vms/backups/create.ts";
import * as Reboot from "../../../functions/api/vms/reboot.ts";
import * as Reset from "../../../functions/api/vms/reset.ts";
import * as Resume from "../../../functions/api/vms/resume.ts";
import * as Snapshot from "../../../functions/api/vms/snapshots/create.ts";
import * as Suspend from "../../../functions/api/vms/suspend.ts";
import * as Start from "../../../functions/api/vms/start.ts";
import { idOf, placeBackup } from "../../kit/backup.ts";
import { carriedOut } from "../../kit/proof.ts";
import { lab, type Lab } from "../../kit/lab.ts";

const path = { cluster: "main", vmid: 102 };
const backup = { storage: "backup", mode: "snapshot" };

/** The item of a single call, seconds that its task took, and seconds until its end was told. */
async function told(stage: Lab, answer: { status: number; json: unknown }) {
  const { operation, items } = await carriedOut(stage, answer);
  expect(operation.state).toBe("succeeded");
  const task = stage.simulator.state.tasks[items[0]?.upid ?? ""];
  if (task?.endtime === undefined) throw new Error("the task has not ended");
  const late = Date.parse(operation.finishedAt ?? "") / 1000 - task.endtime;
  return { took: task.endtime - task.starttime, late, item: items[0] };
}

/** A stage with nothing that backups are told of but those of guest 102, which lives on another node than deletes them. */
async function withBackups(count: number): Promise<Lab> {
  const stage = await lab({ mode: "off" });
  const { state } = stage.simulator;
  state.volumes = state.volumes.filter(({ content }) => content !== "backup");
  for (let day = 1; day <= count; day++) placeBackup(stage, 102, `2026-11-0${day}T02:00:00Z`);
  return stage;
}

/** By what the wait grows, the first look, and the whole seconds in which Proxmox tells the end of a task. */
const most = (took: number) => Math.max(2, took * 0.5) + 3.5;

test.each([
  ["reboot", Reboot, {}],
  ["reset", Reset, {}],
  ["suspend", Suspend, {}],
  ["snapshot", Snapshot, { name: "one" }],
  ["backup", Backup, backup],
] as const)(
  "B12, I17: the end of a first %s is told soon, though nothing is known of how long such take",
  async (_, route, body) => {
    for (const patience of Object.values(PACES)) {
      const stage = await lab({ mode: "off" });
      Object.assign(stage.world.settings, { patience });
      const { took, late } = await told(stage, await stage.call(route, { path, body }));
      expect(late).toBeLessThan(most(took));
    }
  },
);

test("B12: so are a resume, a start, and the second backup of a guest", async () => {
  const stage = await lab({ mode: "off" });
  await told(stage, await stage.call(Suspend, { path, body: {} }));
  const resumed = await told(stage, await stage.call(Resume, { path, body: {} }));
  expect(resumed.late).toBeLessThan(most(resumed.took));
  const started = await told(stage, await stage.call(Start, { path: { ...path, vmid: 110 }, body: {} }));
  expect(started.late).toBeLessThan(most(started.took));
  await told(stage, await stage.call(Backup, { path, body: backup }));
  const second = await told(stage, await stage.call(Backup, { path, body: backup }));
  expect(second.late).toBeLessThan(most(second.took));
});

test("B12: the first look comes within two seconds, and each later one within half the age that the task has then", () => {
  const action = fc.constantFrom("vm.suspend", "backup.create", "vm.clone");
  fc.assert(
    fc.property(action, fc.nat(600_000), fc.nat(2), (kind, age, n) => {
      const learnt = { [kind]: { n, mean: 300, variance: 4 } };
      const wait = firstLook(age, [{ start: 0, action: kind }], learnt);
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(Math.max(2, age / 2000));
      expect(firstLook(age, [{ start: 0, action: kind }], { [kind]: { n: 3, mean: 1, variance: 0 } })).toBe(
        Infinity,
      );
    }),
  );
});

test("B12: the end of a task that runs on another node than its guest is told soon, every time", async () => {
  const stage = await withBackups(6);
  for (const { volid } of stage.simulator.state.volumes.filter(({ content }) => content === "backup")) {
    const { took, late, item } = await told(
      stage,
      await stage.call(Delete, { path: { cluster: "main", backup: idOf(volid) } }),
    );
    expect(parseUpid(item?.upid)?.node).not.toBe(item?.vm.node);
    expect(late).toBeLessThan(most(took));
  }
});

test("B12: so are the ends of a prune, whose tasks are listed where they run", async () => {
  const stage = await withBackups(6);
  const body = { select: { vmids: [102] }, keep: { last: 1 } };
  const { operation } = await carriedOut(stage, await stage.call(Prune, { body }));
  expect(operation).toMatchObject({ state: "succeeded", progress: { succeeded: 5 } });
  const { calls } = stage.simulator.counters();
  const listed = calls["GET /nodes/{node}/tasks"]?.requests ?? 0;
  // A task's own status is asked for where no list shows it.
  expect(calls["GET /nodes/{node}/tasks/{upid}/status"]).toBeUndefined();
  expect(listed).toBeLessThanOrEqual(2 * 5);
});
