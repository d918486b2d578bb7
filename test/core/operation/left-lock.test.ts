import { expect, test } from "vitest";
import { lockIn } from "../../../core/operation/left-lock.ts";
import * as Start from "../../../functions/api/vms/start.ts";
import * as Snapshot from "../../../functions/api/vms/snapshots/create.ts";
import { carriedOut, writesTo } from "../../kit/proof.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { Operation } from "../../kit/shape.ts";

const lock = (stage: Lab, vmid: number, name: string) =>
  Object.assign(stage.simulator.state.guests[vmid] ?? {}, { lock: name });
const asked = (stage: Lab) => Object.values(writesTo(stage)).reduce((sum, one) => sum + one, 0);
const elapsed = async (stage: Lab, act: () => Promise<unknown>) => {
  const before = stage.clock.now().getTime();
  await act();
  return (stage.clock.now().getTime() - before) / 1000;
};

test.each([
  [110, "suspending", "qm unlock 110"],
  [202, "backup", "pct unlock 202"],
])(
  "B14: %i: a lock (%s) that no task holds is told with `%s`, after one attempt and soon",
  async (vmid, name, command) => {
    const stage = await lab({ mode: "off" });
    lock(stage, vmid, name);
    const path = { cluster: "main", vmid };
    const answer = await stage.call(Snapshot, { path, body: { name: "one" } });
    const seconds = await elapsed(stage, async () => {
      const { operation, items } = await carriedOut(stage, answer);
      expect(operation).toMatchObject({ state: "failed", error: { code: "vm.locked" } });
      expect(items[0]?.reason).toContain(`\`${command}\``);
      expect(items[0]?.reason).toContain(`is locked (${name})`);
    });
    expect(asked(stage)).toBe(1);
    expect(seconds).toBeLessThan(150);
  },
);

/** A backup that a person begins beside us, in Proxmox itself. */
async function backUp(stage: Lab, vmid: number) {
  const { simulator } = stage;
  const target = `/api2/json/nodes/${simulator.state.guests[vmid]?.node ?? ""}/vzdump`;
  const headers = {
    authorization: `PVEAPIToken=${simulator.token}`,
    "content-type": "application/x-www-form-urlencoded",
  };
  const body = `vmid=${vmid}&storage=backup&mode=snapshot`;
  const answer = await stage.clock.until(simulator.handle({ method: "POST", target, headers, body }));
  expect(answer.status).toBe(200);
  simulator.resetCounters();
}

test("B14: a guest is waited for while its backup runs, however long its lock stands there", async () => {
  const stage = await lab({ mode: "off", speed: 0.1 });
  await backUp(stage, 110);
  const { id } = Operation.parse((await stage.call(Start, { path: { cluster: "main", vmid: 110 } })).json);
  await stage.run(90_000);
  expect(stage.simulator.state.guests[110]?.lock).toBe("backup");
  await stage.settle(id);
  expect(stage.simulator.state.guests[110]?.status).toBe("running");
  expect(asked(stage)).toBe(2);
});

test("B14: what a person holds on purpose, and what cannot be seen, is waited for as ever", async () => {
  const stage = await lab({ mode: "off" });
  lock(stage, 202, "mounted");
  lock(stage, 110, "suspended");
  for (const vmid of [202, 110]) {
    const body = { name: "one", lockWait: "4m" };
    const answer = await stage.call(Snapshot, { path: { cluster: "main", vmid }, body });
    const seconds = await elapsed(stage, () => carriedOut(stage, answer));
    expect(seconds).toBeGreaterThan(239);
  }
});

test("B5: lockWait 5s is five seconds for a lock of Proxmox", async () => {
  const stage = await lab({ mode: "off" });
  lock(stage, 110, "backup");
  const path = { cluster: "main", vmid: 110 };
  const answer = await stage.call(Start, { path, body: { lockWait: "5s" } });
  const seconds = await elapsed(stage, async () => {
    const { items } = await carriedOut(stage, answer);
    expect(items).toMatchObject([{ state: "failed", error: { code: "vm.locked" } }]);
  });
  expect(seconds).toBeGreaterThanOrEqual(5);
  expect(seconds).toBeLessThan(10);
});

test("B14: the lock is read where Proxmox names it, and nowhere else", () => {
  expect(lockIn("VM is locked (suspending)")).toBe("suspending");
  expect(lockIn("CT is locked (snapshot-delete)\n")).toBe("snapshot-delete");
  expect(lockIn("can't lock file '/var/lock/qemu-server/lock-101.conf' - got timeout")).toBeUndefined();
  expect(lockIn(null)).toBeUndefined();
});
