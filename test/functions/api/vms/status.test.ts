import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/status.ts";
import { lab } from "../../../kit/lab.ts";

const route = { spec };
const at = (vmid: number) => ({ path: { cluster: "main", vmid } });

test("200: what a guest does now, by one request to its own node", async () => {
  const stage = await lab();
  const answer = await stage.call(route, at(102));
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({
    id: "main/102",
    status: "running",
    qemuStatus: "running",
    cpus: 2,
    memoryBytes: 2048 * 1024 ** 2,
    lock: null,
    ha: { managed: false, state: null },
    networkInBytes: expect.any(Number),
  });
  expect(stage.simulator.counters().calls).toMatchObject({
    "GET /nodes/{node}/qemu/{vmid}/status/current": { requests: 1 },
  });
  expect(stage.simulator.counters().total.requests).toBe(1);
});

test("200: the state is the one at this moment, not that of a listing", async () => {
  const stage = await lab();
  const { guests } = stage.simulator.state;
  Object.assign(guests["102"] ?? {}, { paused: true });
  Object.assign(guests["110"] ?? {}, { lock: "suspended" });
  expect((await stage.call(route, at(102))).json).toMatchObject({ status: "paused" });
  expect((await stage.call(route, at(110))).json).toMatchObject({ status: "suspended", uptimeSeconds: 0 });
});

test.for([
  ["io-error", "paused"],
  ["internal-error", "paused"],
  ["guest-panicked", "paused"],
  ["suspended", "paused"],
  ["prelaunch", "paused"],
  ["inmigrate", "paused"],
  ["save-vm", "paused"],
  ["watchdog", "paused"],
  ["shutdown", "paused"],
  ["running", "running"],
  ["something-new", "unknown"],
] as const)(
  "D3: a VM that QEMU calls %s is %s, and QEMU's word stands beside it",
  async ([qmpstatus, status]) => {
    const stage = await lab();
    Object.assign(stage.simulator.state.guests["102"] ?? {}, { qmpstatus });
    expect((await stage.call(route, at(102))).json).toMatchObject({ status, qemuStatus: qmpstatus });
  },
);

test("200: a guest of HA with its state there; a container", async () => {
  const stage = await lab();
  stage.simulator.state.sections["ha-resources"] = { "vm:102": { state: "started" } };
  expect((await stage.call(route, at(102))).json).toMatchObject({ ha: { managed: true, state: "started" } });
  expect((await stage.call(route, at(201))).json).toMatchObject({ status: "running", qemuStatus: null });
});

test("200: a guest that has moved is asked where it is", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests["112"] ?? {}, { node: "pve1" });
  expect((await stage.call(route, at(112))).json).toMatchObject({ node: "pve1" });
});

test("404: an unknown guest", async () => {
  const stage = await lab();
  expect(await stage.call(route, at(999))).toMatchObject({ status: 404, json: { code: "vm.missing" } });
});

test("503: a cluster that does not answer", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: {}, do: "cut-before" });
  expect(await stage.call(route, at(102))).toMatchObject({ status: 503 });
});

test("502: a token without the privilege, which the answer names", async () => {
  const stage = await lab();
  const reason = "Permission check failed (/vms/102, VM.Audit)";
  stage.simulator.faults.add({ match: { vmid: 102 }, do: "answer", status: 403, reason });
  const answer = await stage.call(route, at(102));
  expect(answer).toMatchObject({ status: 502, json: { code: "proxmox.privilege" } });
});
