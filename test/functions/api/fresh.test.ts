import { expect, test } from "vitest";
import { spec as storage } from "../../../functions/api/storages/get.ts";
import { spec as storages } from "../../../functions/api/storages/list.ts";
import { spec as cloudInit } from "../../../functions/api/vms/cloud-init/get.ts";
import { spec as config } from "../../../functions/api/vms/config/get.ts";
import { spec as statistics } from "../../../functions/api/vms/statistics.ts";
import { spec as status } from "../../../functions/api/vms/status.ts";
import { lab } from "../../kit/lab.ts";

test.each([
  ["config", config],
  ["status", status],
  ["statistics", statistics],
  ["cloud-init", cloudInit],
])(
  "200: with fresh the place of a guest is asked of Proxmox before its %s, by one listing",
  async (_, spec) => {
    const stage = await lab();
    const asked = () => stage.simulator.counters().calls["GET /cluster/resources"]?.requests ?? 0;
    const at = { path: { cluster: "main", vmid: 102 } };
    expect((await stage.call({ spec }, at)).status).toBe(200);
    expect(asked()).toBe(0);
    expect((await stage.call({ spec }, { ...at, query: { fresh: "true" } })).status).toBe(200);
    expect(asked()).toBe(1);
  },
);

test("200: storages are asked of Proxmox with fresh and without it", async () => {
  const stage = await lab();
  const at = { path: { cluster: "main", storage: "nfs" } };
  for (const fresh of ["true", "false"]) {
    expect((await stage.call({ spec: storages }, { query: { fresh } })).status).toBe(200);
    expect((await stage.call({ spec: storage }, { ...at, query: { fresh } })).status).toBe(200);
  }
  expect(stage.simulator.counters().total.requests).toBe(4);
});
