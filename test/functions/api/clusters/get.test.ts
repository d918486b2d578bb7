import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/clusters/get.ts";
import { lab } from "../../../kit/lab.ts";
import { withCluster } from "./stage.ts";

const route = { spec };

test("200: one cluster, with its version for If-Match", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { path: { cluster: "main" } });
  expect(answer).toMatchObject({ status: 200, json: { id: "main", status: "ok", name: "test" } });
  expect(answer.headers["etag"]).toBe(`"${Object(answer.json).etag}"`);
});

test.for(["silent", "no-credential"] as const)("200: one that is %s says why", async (trouble) => {
  const stage = await lab();
  const { call } = await withCluster(stage, "far", trouble);
  const answer = await call(route, { path: { cluster: "far" } });
  expect(answer).toMatchObject({ status: 200, json: { status: "unreachable", reason: expect.any(String) } });
});

test("404: an unknown cluster; 400: what is no id; Proxmox is not asked", async () => {
  const stage = await lab();
  const unknown = await stage.call(route, { path: { cluster: "other" } });
  expect(unknown).toMatchObject({ status: 404, json: { code: "cluster.missing" } });
  const bad = await stage.call(route, { path: { cluster: "../main" } });
  expect(bad).toMatchObject({ status: 400, json: { errors: [{ pointer: "/cluster" }] } });
  expect(stage.simulator.counters().total.requests).toBe(0);
});
