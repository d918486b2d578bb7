import * as z from "zod";
import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/clusters/list.ts";
import { lab } from "../../../kit/lab.ts";
import { List } from "../../../kit/shape.ts";
import { withCluster } from "./stage.ts";

const route = { spec };
const Cluster = z.strictObject({
  id: z.string(),
  name: z.string(),
  endpoints: z.array(z.string()),
  version: z.string().nullable(),
  status: z.string(),
  reason: z.string().nullable(),
  nodes: z.array(z.object({ name: z.string(), online: z.boolean() })),
  etag: z.string(),
});

test("200: the registered cluster with version, status and nodes, and nothing of its credential", async () => {
  const stage = await lab();
  const answer = await stage.call(route);
  const list = List(Cluster).parse(answer.json);
  expect(list).toMatchObject({ partial: false, items: [{ id: "main", status: "ok" }] });
  expect(list.items[0]?.nodes.map(({ name }) => name).toSorted()).toEqual(["pve1", "pve2", "pve3"]);
  expect(list.items[0]?.version).toMatch(/^8\./);
  expect(answer.body).not.toContain(stage.simulator.token.split("=")[1]);
});

test.for(["silent", "no-credential"] as const)(
  "200: a cluster that is %s is listed with its reason, the others as ever",
  async (trouble) => {
    const stage = await lab();
    const { call } = await withCluster(stage, "far", trouble);
    const answer = await call(route);
    expect(answer.status).toBe(200);
    const list = List(Cluster).parse(answer.json);
    expect(list.items.map(({ id, status }) => [id, status])).toEqual([
      ["far", "unreachable"],
      ["main", "ok"],
    ]);
    expect(list).toMatchObject({ partial: true, warnings: [{ code: expect.any(String) }] });
    expect(list.warnings[0]?.detail).toContain("far");
  },
);

test("200: a cluster without quorum says so", async () => {
  const stage = await lab();
  stage.simulator.setQuorum(false);
  expect((await stage.call(route)).json).toMatchObject({ items: [{ status: "no-quorum" }] });
});
