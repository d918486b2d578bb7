import { expect, test } from "vitest";
import { register } from "../../../core/cluster/index.ts";
import { systemCaller, type World } from "../../../core/context.ts";
import { toGuest } from "../../../core/inventory/guest.ts";
import { save } from "../../../core/inventory/save.ts";
import { due, expiryChange } from "../../../core/snapshot/expiry.ts";
import { expire } from "../../../core/snapshot/index.ts";
import { smallWorld } from "../world.ts";

const row = { type: "qemu", node: "pve1", status: "running", template: false } as const;

/** Clusters without a credential: what their inventory does not know cannot be found out. */
async function clusters(known: Readonly<Record<string, readonly number[]>>) {
  const { world, store, clock, lines } = smallWorld();
  const quiet: World = {
    ...world,
    queue: { send: async () => undefined, ping: async () => undefined },
    secrets: { read: async () => undefined },
  };
  for (const [id, vmids] of Object.entries(known)) {
    await register(
      { ...quiet, ...systemCaller("test", "req_test") },
      { id, name: id, endpoints: ["https://pve.test:8006"], fingerprints: [] },
    );
    const guests = vmids.map((vmid) => toGuest(id, { ...row, id: `qemu/${vmid}`, vmid }));
    await save(quiet, id, { asOf: clock.now().toISOString(), guests, nodes: [] });
  }
  const past = new Date(clock.now().getTime() - 60_000);
  const expiring = (cluster: string, vmid: number) =>
    store.write([expiryChange({ cluster, vmid }, "nightly", past)]);
  const begun = async () =>
    (await store.query({ table: "History", pk: "operation", index: "byTime" })).map(
      (operation) => operation["total"],
    );
  return { world: quiet, clock, lines, expiring, begun };
}

test("a guest of whom its cluster says nothing keeps no other snapshot from expiring, and stays due itself", async () => {
  const { world, lines, expiring, begun } = await clusters({ alpha: [101], beta: [201, 202] });
  await expiring("alpha", 109);
  await expiring("alpha", 101);
  await expiring("beta", 201);
  await expiring("beta", 202);
  expect(await expire(world)).toBe(3);
  expect(new Set(await begun())).toEqual(new Set([1, 2]));
  expect((await due(world, "alpha", 9)).map((entry) => entry.vmid)).toEqual([109]);
  expect(lines.filter((line) => line.includes('"expire"') && line.includes("109"))).toHaveLength(1);
});

test("what was begun comes up again after an hour, should it fail, and not before", async () => {
  const { world, clock, expiring } = await clusters({ alpha: [101] });
  await expiring("alpha", 101);
  expect([await expire(world), await expire(world)]).toEqual([1, 0]);
  await clock.advance(3_600_001);
  expect((await due(world, "alpha", 9)).map((entry) => entry.vmid)).toEqual([101]);
});
