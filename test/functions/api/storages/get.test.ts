import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/storages/get.ts";
import { lab } from "../../../kit/lab.ts";

const route = { spec };
const GIB = 1024 ** 3;
const at = (storage: string, query: Record<string, string> = {}, cluster = "main") => ({
  path: { cluster, storage },
  query,
});

test("200: a shared storage is one, on all of its nodes", async () => {
  const stage = await lab();
  expect(await stage.call(route, at("nfs"))).toMatchObject({
    status: 200,
    json: { id: "main/nfs", node: null, shared: true, totalBytes: 4000 * GIB, perNode: [] },
  });
});

test("200: a local storage is told by node, with the sums of all", async () => {
  const stage = await lab();
  expect(await stage.call(route, at("local-lvm"))).toMatchObject({
    status: 200,
    json: {
      id: "main/local-lvm",
      node: null,
      nodes: ["pve1", "pve2", "pve3"],
      totalBytes: 3000 * GIB,
      perNode: [
        { node: "pve1", totalBytes: 1000 * GIB, health: "healthy" },
        { node: "pve2" },
        { node: "pve3" },
      ],
    },
  });
  expect(await stage.call(route, at("local-lvm", { node: "pve2" }))).toMatchObject({
    json: { id: "main/pve2/local-lvm", node: "pve2", nodes: ["pve2"], totalBytes: 1000 * GIB },
  });
});

test("404: an unknown storage, an unknown cluster and a node that lacks it are told apart", async () => {
  const stage = await lab();
  expect(await stage.call(route, at("nosuch"))).toMatchObject({
    status: 404,
    json: { code: "storage.missing" },
  });
  expect(await stage.call(route, at("nfs", { node: "pve9" }))).toMatchObject({
    status: 404,
    json: { code: "storage.missing", detail: expect.stringContaining("on node pve9") },
  });
  expect(await stage.call(route, at("nfs", {}, "other"))).toMatchObject({
    status: 404,
    json: { code: "cluster.missing" },
  });
});

test("503: a cluster that does not answer", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { method: "GET" }, do: "cut-before" });
  expect(await stage.call(route, at("nfs"))).toMatchObject({
    status: 503,
    json: { code: "proxmox.unreachable" },
  });
});
