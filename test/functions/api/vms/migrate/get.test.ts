import { expect, test } from "vitest";
import { spec } from "../../../../../functions/api/vms/migrate/get.ts";
import { VERSIONS } from "../../../../../local/proxmox/index.ts";
import { lab } from "../../../../kit/lab.ts";
import { changingNothing } from "../../../../kit/proof.ts";

const route = { spec };
const at = (vmid: number) => ({ path: { cluster: "main", vmid } });

test.each(VERSIONS)(
  "%s: 200: a VM with local disks may go to all others that have its storage",
  async (version) => {
    const stage = await lab({ version });
    Object.assign(stage.simulator.state.storages["local-lvm"] ?? {}, { nodes: ["pve1", "pve2"] });
    const answer = await changingNothing(stage, () => stage.call(route, at(102)));
    expect(answer).toMatchObject({
      status: 200,
      json: {
        id: "main/102",
        node: "pve2",
        live: true,
        allowedNodes: ["pve1"],
        nodes: [
          { node: "pve1", allowed: true },
          { node: "pve3", allowed: false, because: "it has no storage local-lvm" },
        ],
        obstacle: null,
        localDisks: [{ volid: "local-lvm:vm-102-disk-0", sizeBytes: 32 * 1024 ** 3, cdrom: false }],
        localDevices: [],
        ha: { managed: false, state: null, dependents: [] },
      },
    });
  },
);

test.each(VERSIONS)(
  "%s: 200: a container is not moved live, and may go where its storage is",
  async (version) => {
    const stage = await lab({ version });
    const { json } = await stage.call(route, at(202));
    expect(json).toMatchObject({ live: false, allowedNodes: ["pve1", "pve3"], obstacle: null });
  },
);

test("200: a device of its node keeps a VM where it is, and no node is allowed", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests["102"]?.config ?? {}, { hostpci0: "0000:01:00.0" });
  const { json } = await stage.call(route, at(102));
  expect(json).toMatchObject({
    allowedNodes: [],
    localDevices: ["hostpci0"],
    obstacle: { code: "migrate.local-devices", detail: expect.stringContaining("hostpci0") },
  });
});

test("200: what HA manages and runs with local disks stays, since the manager does not take those along", async () => {
  const stage = await lab();
  stage.simulator.state.sections["ha-resources"] = { "vm:102": { state: "started" } };
  const { json } = await stage.call(route, { ...at(102), query: { fresh: "true" } });
  expect(json).toMatchObject({
    ha: { managed: true, state: "started" },
    obstacle: { code: "migrate.local-disks" },
  });
});

test("401, 404: no key for it, no such guest", async () => {
  const stage = await lab();
  expect((await stage.call(route, { ...at(102), key: null })).status).toBe(401);
  expect((await stage.call(route, at(999))).status).toBe(404);
  expect((await stage.call(route, { ...at(102), key: await stage.addKey("viewer") })).status).toBe(200);
});
