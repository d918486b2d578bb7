import { expect, test } from "vitest";
import * as BackupRoute from "../../../functions/api/vms/backups/create.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { engine } from "../../kit/engine.ts";
import { invariants } from "../../kit/invariants.ts";
import { Operation } from "../../kit/shape.ts";

const states = (items: readonly { state: string }[]) => [...new Set(items.map((item) => item.state))];

test("F41: workers whose clocks differ by two minutes do nothing twice", async () => {
  const b = await bench();
  const clock = { ...b.clock, now: () => new Date(b.clock.now().getTime() + 120_000) };
  const ahead = engine({ ...b.broken.world, clock }, b);
  b.broken.twice(
    () => true,
    () => 1,
  );
  const id = await b.snapshots([101, 102, 103, 104, 105]);
  for (let turn = 0; turn < 60; turn++) await (turn % 2 === 0 ? ahead : b).run(1000);
  b.broken.twice(
    () => false,
    () => 0,
  );
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(5);
});

test.each([120_000, -120_000])(
  "F41: a worker whose clock is off by %i ms finds what its lost requests have begun",
  async (off) => {
    const b = await bench();
    const clock = { ...b.clock, now: () => new Date(b.clock.now().getTime() + off) };
    const wrong = engine({ ...b.broken.world, clock }, b);
    const match = { method: "POST", path: "/nodes/*/snapshot", times: 3 };
    b.simulator.faults.add({ match, do: "cut-after" });
    const id = await b.snapshots([101, 102, 104]);
    await wrong.run(60_000);
    await b.live(id);
    expect(states(await invariants(b, id))).toEqual(["succeeded"]);
    expect(b.requests("POST", "/snapshot")).toBe(3);
  },
);

test.each([
  [
    "while another change has its guest",
    async (b: Bench) => void (await b.snapshots([101], { name: "first" })),
  ],
  [
    "while Proxmox has locked its guest",
    async (b: Bench) => {
      const match = { method: "POST", path: "/nodes/*/snapshot" };
      b.simulator.faults.add({ match, do: "answer", status: 500, reason: "VM is locked (backup)" });
    },
  ],
])(
  "F41: an item that waits %s, since a moment by a clock that is ahead, is not tried again and again",
  async (_, hinder) => {
    const b = await bench({ speed: 0.001 });
    await hinder(b);
    await b.run(1000);
    const id = await b.snapshots([101], { name: "second" });
    const blockedAt = new Date(b.clock.now().getTime() + 240_000).toISOString();
    await b.store.write([
      { table: "History", update: { pk: `op#${id}`, sk: "item#000000" }, set: { blockedAt } },
    ]);
    let steps = 0;
    await b.run(60_000, async () => ++steps > 1000);
    const { fence } = await b.item(id);
    expect(fence).toBeGreaterThan(2);
    expect(fence).toBeLessThan(30);
  },
);

test("F41: a watcher that comes when its message was due looks, although its clock is behind that of its sender", async () => {
  const b = await bench();
  const id = await b.snapshots([101, 104]);
  const clock = { ...b.clock, now: () => new Date(b.clock.now().getTime() - 240_000) };
  const behind = engine({ ...b.broken.world, clock }, b);
  await b.run(100);
  await b.clock.advance(60_000);
  await behind.run(5000);
  expect((await b.items(id)).map(({ state }) => state)).toEqual(["succeeded", "succeeded"]);
});

test("F41: a request that is on its way for 40 s is not sent again, although the clock of whoever looks for it is ahead", async () => {
  const b = await bench();
  const match = { method: "POST", path: "/nodes/*/vzdump", times: 1 };
  b.simulator.faults.add({ match, do: "delay", milliseconds: 40_000 });
  const path = { cluster: "main", vmid: 102 };
  const answer = await b.call(BackupRoute, { path, body: { storage: "backup" } });
  const { id } = Operation.parse(answer.json);
  await b.run(10_000);
  const clock = { ...b.clock, now: () => new Date(b.clock.now().getTime() + 240_000) };
  await engine({ ...b.broken.world, clock }, b).run(120_000);
  await b.live(id);
  expect(await b.item(id)).toMatchObject({ state: "succeeded", attempts: 1 });
  expect(b.requests("POST", "/vzdump")).toBe(1);
});
