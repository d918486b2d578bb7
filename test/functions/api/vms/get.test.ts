import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/get.ts";
import { lab } from "../../../kit/lab.ts";
import { Vm } from "../../../kit/shape.ts";

const route = { spec };

test("200: one guest as the list shows it, from the inventory", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { path: { cluster: "main", vmid: 201 } });
  expect(answer.status).toBe(200);
  expect(Vm.parse(answer.json)).toMatchObject({ id: "main/201", type: "lxc", node: "pve1", name: "proxy-1" });
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test("200: fresh asks Proxmox, and so does a guest that the inventory does not know yet", async () => {
  const stage = await lab();
  const guest = stage.simulator.state.guests["110"];
  Object.assign(guest ?? {}, { status: "running" });
  const path = { cluster: "main", vmid: 110 };
  expect((await stage.call(route, { path })).json).toMatchObject({ status: "stopped" });
  expect((await stage.call(route, { path, query: { fresh: "true" } })).json).toMatchObject({
    status: "running",
  });
  if (guest) stage.simulator.state.guests["555"] = { ...structuredClone(guest), vmid: 555 };
  const found = await stage.call(route, { path: { cluster: "main", vmid: 555 } });
  expect(found).toMatchObject({ status: 200, json: { id: "main/555" } });
});

test("404: an unknown guest, and an unknown cluster without asking Proxmox", async () => {
  const stage = await lab();
  const cluster = await stage.call(route, { path: { cluster: "other", vmid: 101 } });
  expect(cluster).toMatchObject({ status: 404, json: { code: "cluster.missing" } });
  expect(stage.simulator.counters().total.requests).toBe(0);
  const guest = await stage.call(route, { path: { cluster: "main", vmid: 999 } });
  expect(guest).toMatchObject({ status: 404, json: { code: "vm.missing" } });
});

test("503: Proxmox does not answer, and the guest is not in the inventory", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: {}, do: "cut-before" });
  const answer = await stage.call(route, { path: { cluster: "main", vmid: 999 } });
  expect(answer).toMatchObject({ status: 503, json: { code: "proxmox.unreachable", retryable: true } });
});
