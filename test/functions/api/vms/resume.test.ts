import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/resume.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";

const route = { spec };
const at = (vmid: number) => ({ path: { cluster: "main", vmid } });

async function asleep(vmid: number, mode?: "strict") {
  const stage = await lab(mode ? { mode } : {});
  Object.assign(stage.simulator.state.guests[vmid] ?? {}, { paused: true });
  return stage;
}

test("202: a paused guest goes on, and audit tells", async () => {
  const stage = await asleep(102, "strict");
  const { operation, items } = await carriedOut(stage, await stage.call(route, at(102)));
  expect(operation).toMatchObject({ kind: "vm.resume", state: "succeeded" });
  expect(items).toMatchObject([{ upid: expect.stringContaining(":qmresume:102:") }]);
  expect(stage.simulator.state.guests["102"]?.paused).toBeUndefined();
  expect(writesTo(stage)).toEqual({ "POST /nodes/{node}/qemu/{vmid}/status/resume": 1 });
  expect(await auditOf(stage, { target: "main/102" })).toMatchObject([
    { action: "vm.resume", outcome: "succeeded" },
    { action: "vm.resume", outcome: "accepted" },
  ]);
});

test("202: permissive safe mode lets a foreign guest go on", async () => {
  const stage = await asleep(105);
  const { items } = await carriedOut(stage, await stage.call(route, at(105)));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

test.for(["io-error", "internal-error", "guest-panicked", "suspended", "prelaunch", "watchdog"])(
  "D3: a guest that QEMU calls %s goes on",
  async (qmpstatus) => {
    const stage = await lab();
    Object.assign(stage.simulator.state.guests["102"] ?? {}, { qmpstatus });
    const { operation } = await carriedOut(stage, await stage.call(route, at(102)));
    expect(operation).toMatchObject({ state: "succeeded" });
    expect(stage.simulator.state.guests["102"]).not.toHaveProperty("qmpstatus");
  },
);

test("403: strict safe mode does not", async () => {
  const stage = await asleep(105, "strict");
  const answer = await changingNothing(stage, () => stage.call(route, at(105)));
  expect(answer).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
});

test("409: a guest that runs, and one that is off; nothing happens", async () => {
  const stage = await lab();
  const running = await changingNothing(stage, () => stage.call(route, at(102)));
  expect(running).toMatchObject({ status: 409, json: { code: "vm.running" } });
  const off = await changingNothing(stage, () => stage.call(route, at(110)));
  expect(off).toMatchObject({ status: 409, json: { code: "vm.stopped" } });
});
