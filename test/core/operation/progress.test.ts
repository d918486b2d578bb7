import { expect, test } from "vitest";
import * as z from "zod";
import * as Cancel from "../../../functions/api/operations/cancel.ts";
import * as Get from "../../../functions/api/operations/get.ts";
import { loadOperation } from "../../../core/operation/operation.ts";
import { present } from "../../../core/operation/view.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";

const Detailed = z.object({
  state: z.string(),
  progress: z.record(z.string(), z.number()),
  startedAt: z.string().nullable(),
  rate: z.number().nullable(),
  eta: z.string().nullable(),
  waitingFor: z.string().nullable(),
});

const shown = async (b: Bench, operation: string) =>
  Detailed.parse((await b.call(Get, { path: { operation } })).json);

const on = (b: Bench, node: string) =>
  Object.values(b.simulator.state.guests)
    .filter((guest) => guest.node === node && guest.config.template !== "1")
    .filter((guest) => !guest.config.name?.startsWith("raw"))
    .map((guest) => guest.vmid);

const guestOf = (b: Bench, vmid: number) => {
  const guest = b.simulator.state.guests[String(vmid)];
  if (!guest) throw new Error(`no guest ${vmid}`);
  return guest;
};

test("rate and end are measured: the end that is foretold half way is about when it comes", async () => {
  const b = await bench({ guests: 240 });
  const id = await b.snapshots(on(b, "pve1"));
  const half = async () => {
    const { total = 0, queued = 0 } = (await shown(b, id)).progress;
    return queued < total / 2;
  };
  await b.run(3_600_000, half);
  const { rate, eta, startedAt, progress } = await shown(b, id);
  const minutes = (b.clock.now().getTime() - Date.parse(startedAt ?? "")) / 60_000;
  expect(rate).toBeCloseTo((progress["succeeded"] ?? 0) / minutes, 0);
  await b.settle(id);
  const left = b.clock.now().getTime() - Date.parse(startedAt ?? "");
  expect(Math.abs(Date.parse(eta ?? "") - b.clock.now().getTime())).toBeLessThan(left * 0.3);
});

test("before anything has ended there is no rate and no end; afterwards there is nothing to wait for", async () => {
  const b = await bench({ speed: 0.1 });
  const id = await b.snapshots([102]);
  await b.run(5000);
  expect(await shown(b, id)).toMatchObject({ rate: null, eta: null, waitingFor: "nothing: 1 tasks run" });
  await b.settle(id);
  expect(await shown(b, id)).toMatchObject({ state: "succeeded", rate: null, eta: null, waitingFor: null });
});

test("it waits for slots that other operations have, and says so", async () => {
  const b = await bench({ guests: 60, speed: 0.01 });
  const vmids = on(b, "pve1");
  await b.snapshots(vmids.slice(0, 8));
  await b.run(5000);
  const id = await b.snapshots(vmids.slice(8, 10));
  await b.run(1000);
  const { waitingFor } = await shown(b, id);
  expect(waitingFor).toBe("4 of 4 slots of pve1 are busy with other operations");
});

test("it waits for a guest that is locked, and says which and why", async () => {
  const b = await bench();
  guestOf(b, 102).lock = "backup";
  const id = await b.snapshots([102]);
  await b.run(120_000, async () => (await b.item(id)).free);
  expect((await shown(b, id)).waitingFor).toMatch(/^guest main\/102: .*locked \(backup\)/);
});

test("it waits for its own limit, while as many run as may", async () => {
  const b = await bench({ speed: 0.01 });
  const id = await b.snapshots(on(b, "pve1").slice(0, 3), { maxConcurrency: 1 });
  await b.run(5000);
  expect((await shown(b, id)).waitingFor).toBe("its own limit of 1 at once; 1 tasks run");
});

test("a cancelled one waits for what had begun", async () => {
  const b = await bench({ speed: 0.01 });
  const id = await b.snapshots(on(b, "pve1").slice(0, 6));
  await b.run(5000);
  await b.call(Cancel, { path: { operation: id } });
  await b.run(5000);
  const { waitingFor, eta } = await shown(b, id);
  expect([waitingFor, eta]).toEqual(["4 items that had begun when it was stopped", null]);
});

test("one whose items are still being written says how many are left", async () => {
  const b = await bench({ guests: 200 });
  const id = await b.snapshots(on(b, "pve1").concat(on(b, "pve2")));
  expect((await shown(b, id)).waitingFor).toMatch(/^(\d+) of \1 items to be written$/);
});

test("what is shown never goes back: a lane that closes between two reads is counted once", async () => {
  const b = await bench();
  const id = await b.snapshots([101, 102, 103, 104]);
  const row = await loadOperation(b.world, id);
  if (!row) throw new Error("no operation");
  await b.live(id);
  await invariants(b, id);
  expect(await present(b.world, row)).toMatchObject({
    state: "succeeded",
    progress: { succeeded: 4, queued: 0 },
  });
});
