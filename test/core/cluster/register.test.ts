import { expect, test } from "vitest";
import { register } from "../../../core/cluster/index.ts";
import { smallWorld } from "../world.ts";

const CLUSTER = { id: "far", name: "far", endpoints: ["https://pve.test:8006"], fingerprints: [] };

const auditOf = (store: ReturnType<typeof smallWorld>["store"]) =>
  store.dump().flatMap(({ table, row }) => (table === "Audit" && "action" in row ? [row] : []));

test("a cluster whose certificate is not looked at leaves a trace in the audit log", async () => {
  const { ctx, store } = smallWorld();
  await register(ctx, { ...CLUSTER, insecure: true });
  expect(auditOf(store)).toMatchObject([
    { action: "cluster.insecure", target: "far", decision: "override", actor: ctx.actor.id },
  ]);
});

test("any other cluster is registered without one", async () => {
  const { ctx, store } = smallWorld();
  await register(ctx, CLUSTER);
  expect(auditOf(store)).toEqual([]);
  expect(store.dump()).toHaveLength(1);
});
