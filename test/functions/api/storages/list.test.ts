import { expect, test } from "vitest";
import * as z from "zod";
import { spec } from "../../../../functions/api/storages/list.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { List } from "../../../kit/shape.ts";

const route = { spec };
const Storages = List(z.looseObject({ id: z.string() })).extend({ partial: z.boolean() });

async function ids(stage: Lab, query: Record<string, string> = {}) {
  const answer = await stage.call(route, { query });
  expect(answer.status).toBe(200);
  return Storages.parse(answer.json).items.map(({ id }) => id);
}

const LOCAL = ["main/pve1/local", "main/pve2/local", "main/pve3/local"];
const LVM = LOCAL.map((id) => `${id}-lvm`);

test("200: a shared storage once, a local one for each of its nodes, with figures and health", async () => {
  const stage = await lab();
  expect(await ids(stage)).toEqual(["main/backup", "main/nfs", ...LOCAL.flatMap((id) => [id, `${id}-lvm`])]);
  const { json } = await stage.call(route, { query: { content: "iso", shared: "true" } });
  expect(json).toMatchObject({
    partial: false,
    warnings: [],
    items: [
      {
        storage: "nfs",
        node: null,
        nodes: ["pve1", "pve2", "pve3"],
        type: "nfs",
        content: ["images", "iso"],
        shared: true,
        active: true,
        totalBytes: 4000 * 1024 ** 3,
        usedBytes: expect.any(Number),
        health: "healthy",
      },
    ],
  });
  expect(Object.keys(stage.simulator.counters().calls)).toEqual(["GET /cluster/resources"]);
});

test("200: filters narrow, alone and together", async () => {
  const stage = await lab();
  expect(await ids(stage, { type: "lvmthin" })).toEqual(LVM);
  expect(await ids(stage, { node: "pve2", shared: "false" })).toEqual([
    "main/pve2/local",
    "main/pve2/local-lvm",
  ]);
  expect(await ids(stage, { content: "backup", node: "pve3" })).toEqual(["main/backup", "main/pve3/local"]);
  expect(await ids(stage, { cluster: "other" })).toEqual([]);
});

test("200: what is nearly full is told by its health", async () => {
  const stage = await lab();
  stage.simulator.inflict({ do: "storage-full", storage: "nfs", on: true });
  expect(await ids(stage, { health: "critical" })).toEqual(["main/nfs"]);
});

test("200: pages follow each other without a gap", async () => {
  const stage = await lab();
  const first = await stage.call(route, { query: { limit: "3" } });
  const { items, nextCursor } = Storages.parse(first.json);
  const rest = await ids(stage, { cursor: nextCursor ?? "" });
  expect([...items.map(({ id }) => id), ...rest]).toEqual(await ids(stage));
});

test("200: a node that is offline leaves the list partial; its own storages are there without figures", async () => {
  const stage = await lab();
  stage.simulator.inflict({ do: "node-offline", node: "pve3", on: true });
  const { json } = await stage.call(route, { query: { node: "pve3", shared: "false" } });
  expect(json).toMatchObject({
    partial: true,
    warnings: [{ code: "node.offline" }],
    items: [
      { id: "main/pve3/local", active: false, health: "unknown", totalBytes: null, usedBytes: null },
      { id: "main/pve3/local-lvm", active: false },
    ],
  });
});

test("200: a cluster that does not answer leaves the list partial, and says so", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { method: "GET" }, do: "cut-before" });
  const { status, json } = await stage.call(route, {});
  expect(status).toBe(200);
  expect(json).toMatchObject({ items: [], partial: true, warnings: [{ code: "proxmox.unreachable" }] });
});

test("400: a filter that is none; Proxmox is never asked", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { query: { kind: "nfs" } });
  expect(answer.status).toBe(400);
  expect(stage.simulator.counters().calls).toEqual({});
});
