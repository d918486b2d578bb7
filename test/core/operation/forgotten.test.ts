import { expect, test } from "vitest";
import * as Reboot from "../../../functions/api/vms/reboot.ts";
import * as Reset from "../../../functions/api/vms/reset.ts";
import * as RollbackRoute from "../../../functions/api/vms/snapshots/rollback.ts";
import * as SnapshotRoute from "../../../functions/api/vms/snapshots/create.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { Operation } from "../../kit/shape.ts";

const MINUTE = 60_000;
const path = { cluster: "main", vmid: 102 };

/** A guest with a snapshot. */
async function prepared() {
  const b = await bench({ mode: "off" });
  const answer = await b.call(SnapshotRoute, { path, body: { name: "one" } });
  await b.live(Operation.parse(answer.json).id);
  return b;
}

/** The task has ended, and Proxmox knows nothing of it any more. */
async function forget({ clock, simulator }: Bench, upid: string): Promise<void> {
  await clock.advance(5 * MINUTE);
  expect(simulator.state.tasks[upid]?.exitstatus).toBe("OK");
  delete simulator.state.tasks[upid];
  for (const node of Object.values(simulator.state.nodes)) node.tasks.length = 0;
}

test.each([
  ["reset", (b: Bench) => b.call(Reset, { path, body: {} })],
  ["reboot", (b: Bench) => b.call(Reboot, { path, body: {} })],
  ["rollback", (b: Bench) => b.call(RollbackRoute, { path: { ...path, name: "one" }, body: {} })],
] as const)(
  "a %s that was done is not told as failed when Proxmox has forgotten its task",
  async (_, ask) => {
    const b = await prepared();
    const { id } = Operation.parse((await ask(b)).json);
    await b.run(MINUTE, async () => (await b.item(id)).state === "sent");
    await forget(b, (await b.item(id)).upid ?? "");
    await b.live(id);
    const item = await b.item(id);
    expect(item).toMatchObject({ state: "unknown", attempts: 1, error: { code: "task.interrupted" } });
    expect(item.reason).toContain("there is no telling whether it acted");
  },
);
