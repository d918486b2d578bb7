import { expect, test } from "vitest";
import { connect } from "../../../core/cluster/index.ts";
import type { Change } from "../../../core/db/index.ts";
import { finish } from "../../../core/operation/close.ts";
import type { Effect } from "../../../core/operation/effect.ts";
import { conclude } from "../../../core/operation/conclude.ts";
import { exitOf } from "../../../core/operation/exit.ts";
import { halt } from "../../../core/operation/halt.ts";
import { itemKey } from "../../../core/operation/item.ts";
import { loadOperation, operationKey } from "../../../core/operation/operation.ts";
import { requeue } from "../../../core/operation/requeue.ts";
import { effects } from "../../../core/work/index.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { holding } from "../../kit/holding.ts";

const known = effects["snapshot.create"];
if (!known) throw new Error("there is no such effect");
const effect: Effect = known;

const MINUTE = 60_000;

const sets = (name: string) => (changes: readonly Change[]) =>
  changes.some((change) => "set" in change && change.set?.[name] !== undefined);

/** An operation all of whose lanes are closed and that stands open, with `more` in its row. */
async function unended(more: Record<string, unknown> = {}) {
  const b = await bench();
  const id = await b.snapshots([101]);
  await b.settle(id);
  const set = { state: "open", finishedAt: null, ...more };
  await b.store.write([{ table: "History", update: operationKey(id), set }]);
  return { b, id };
}

test("J: an operation ends once: a worker that comes to end it again changes nothing", async () => {
  const { b, id } = await unended();
  const slow = holding(b.world, sets("finishedAt"));
  const first = finish(slow.world, id);
  await b.clock.until(slow.reached);
  await b.clock.advance(MINUTE);
  await b.clock.until(finish(b.world, id));
  const ended = await loadOperation(b.world, id);
  expect(ended).toMatchObject({ state: "succeeded" });
  await b.clock.advance(MINUTE);
  slow.letThrough();
  await b.clock.until(first);
  expect(await loadOperation(b.world, id)).toEqual(ended);
});

test("J: an operation does not end before all its items are written, though all that are have ended", async () => {
  const { b, id } = await unended({ expanded: false });
  await b.clock.until(finish(b.world, id));
  expect(await loadOperation(b.world, id)).toMatchObject({ state: "open" });
});

/** A snapshot whose task runs for hours. */
async function lasting() {
  const b = await bench({ speed: 0.0001 });
  const id = await b.snapshots([102]);
  await b.run(MINUTE, async () => (await b.item(id)).state === "sent");
  return { b, id, item: await b.item(id), proxmox: await connect(b.world, "main") };
}

const deletes = (b: Bench) => b.requests("DELETE", "/tasks/{upid}");

test("J: two workers that come to stop one task ask Proxmox once", async () => {
  const { b, id } = await lasting();
  const match = { method: "DELETE", path: "/nodes/*/tasks/*" };
  b.simulator.faults.add({ match, do: "answer", status: 403, reason: "Permission check failed" });
  const set = { haltAt: b.clock.now().toISOString() };
  await b.store.write([{ table: "History", update: itemKey(id, 0), set }]);
  const item = await b.item(id);
  const slow = holding(b.world, sets("halted"));
  const first = halt(slow.world, item, effect);
  await slow.reached;
  await b.clock.until(halt(b.world, item, effect));
  slow.letThrough();
  await b.clock.until(first);
  expect(deletes(b)).toBe(1);
});

test("J: a mark to stop that came while a worker looked stays with the next step; one that it has seen is done with", async () => {
  const { b, id, item } = await lasting();
  const haltAt = b.clock.now().toISOString();
  const step = { delaySeconds: 0, step: 1 };
  await b.store.write([{ table: "History", update: itemKey(id, 0), set: { haltAt } }]);
  await b.clock.until(requeue(b.world, item, "the next one", step));
  const next = await b.item(id);
  expect(next).toMatchObject({ state: "queued", haltAt });
  await b.clock.until(requeue(b.world, next, "the next one", step));
  expect(await b.item(id)).toMatchObject({ haltAt: null });
});

/** What an item comes to whose task ended well, while a task of its kind runs; `own` says whether that is its own. */
async function concluded(own: boolean, minutes: number) {
  const { b, item, proxmox } = await lasting();
  const upid = own ? item.upid : (item.upid ?? "").replace(/^UPID:pve\d:\w+/, "UPID:pve1:0000AAAA");
  const sentAt = new Date(b.clock.now().getTime() - minutes * MINUTE).toISOString();
  const now = b.clock.now().getTime() / 1000;
  const entry = { starttime: now - 1, endtime: now, status: "OK" };
  const found = { ...item, upid, sentAt, adopted: true };
  return b.clock.until(conclude(b.world, proxmox, found, { entry, effect }));
}

test("J: an effect is waited for while a task goes on with it; that of a task that has ended itself for five minutes", async () => {
  expect(await concluded(false, 4)).toBe("waits");
  expect(await concluded(false, 60)).toBe("waits");
  expect(await concluded(true, 4)).toBe("waits");
  expect(await concluded(true, 5)).toMatchObject({ state: "failed", code: "vm.unverified" });
});

test("J: only Proxmox's word that it does not know a task says that it is gone; any other answer is asked for again", async () => {
  const { b, item, proxmox } = await lasting();
  const answers = (status: number, reason: string) =>
    b.simulator.faults.add({
      match: { path: "/nodes/*/tasks/*/status", times: 1 },
      do: "answer",
      status,
      reason,
    });
  await b.clock.advance(MINUTE);
  for (const [status, reason] of [
    [500, "got timeout"],
    [403, "Permission check failed"],
    [596, "Connection timed out"],
  ] as const) {
    answers(status, reason);
    await expect(b.clock.until(exitOf(b.world, proxmox, item, undefined))).rejects.toThrow(reason);
  }
  answers(400, "Parameter verification failed.");
  expect(await b.clock.until(exitOf(b.world, proxmox, item, undefined))).toBe("unexpected status");
});
