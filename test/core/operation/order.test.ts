import { expect, test } from "vitest";
import { lockGuest, unlockGuest } from "../../../core/operation/guest-lock.ts";
import * as DeleteBackup from "../../../functions/api/backups/delete.ts";
import * as Snapshot from "../../../functions/api/vms/snapshots/create.ts";
import * as Stop from "../../../functions/api/vms/stop.ts";
import { idOf, placeBackup } from "../../kit/backup.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { holding } from "../../kit/holding.ts";
import { Operation } from "../../kit/shape.ts";

const MINUTE = 60_000;
const path = { cluster: "main", vmid: 101 };
const lock = { pk: "guest#main/101", sk: "lock" };
const nobody = async () => undefined;

/** A snapshot under way, and another order that waits in line for the same guest. */
async function oneBehindAnother(b: Bench) {
  const first = await b.snapshots([101], { name: "one" });
  await b.run(100);
  const { json } = await b.call(Stop, { path, body: { override: true } });
  const second = Operation.parse(json).id;
  await b.run(200);
  expect(await b.item(second)).toMatchObject({ state: "queued", free: true });
  return { first, second };
}

/** The operations in the order in which Proxmox was asked, once all have ended. */
async function sentOrder(b: Bench, ids: readonly string[]): Promise<string[]> {
  for (const id of ids) await b.live(id);
  const items = await Promise.all(ids.map((id) => b.item(id)));
  const sent = items.filter(({ sentAt }) => sentAt !== null);
  return sent
    .toSorted((a, c) => ((a.sentAt ?? "") < (c.sentAt ?? "") ? -1 : 1))
    .map(({ operation }) => operation);
}

/** The sweeper and the workers for so long. */
async function pass(b: Bench, minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 5) {
    await b.run(5 * MINUTE);
    await b.sweep().catch(() => undefined);
  }
}

/** Three orders for guest 101, and one for another guest of its node. */
async function threeAndAnother(b: Bench, more: object = {}) {
  const three: string[] = [];
  for (const name of ["bb", "cc", "dd"]) {
    three.push(await b.snapshots([101], { name, ...more }));
    await b.run(10);
  }
  return { three, other: await b.snapshots([104], { name: "other" }) };
}

test("F03: an answer that got lost after it has taken its guest lets nobody overtake it", async () => {
  const b = await bench();
  const { first, second } = await oneBehindAnother(b);
  await b.settle(first);
  const third = await b.snapshots([101], { name: "three" });
  const match = { method: "GET", path: "/nodes/*/status/current", vmid: 101, times: 1 };
  b.simulator.faults.add({ match, do: "answer", status: 503, reason: "busy" });
  expect(await sentOrder(b, [third, second])).toEqual([second, third]);
});

test("F03: one that waits and whose message got lost keeps its place until the sweeper has sent it again", async () => {
  const b = await bench();
  const { first, second } = await oneBehindAnother(b);
  await b.settle(first);
  b.queues.purge("Item");
  await b.run(121_000);
  const third = await b.snapshots([101], { name: "three" });
  expect(await sentOrder(b, [third, second])).toEqual([second, third]);
});

test("three orders behind one whose message got lost do not hold up the other guests of their node", async () => {
  const b = await bench();
  const first = await b.snapshots([101], { name: "aa" });
  b.queues.purge("Item");
  await b.clock.advance(1);
  const { three, other } = await threeAndAnother(b);
  const begun = b.clock.now().getTime();
  await b.live(other);
  expect(Date.parse((await b.item(other)).sentAt ?? "") - begun).toBeLessThan(30_000);
  expect(await sentOrder(b, [...three, first])).toEqual([first, ...three]);
});

test("what never comes to its guest does not make others wait longer than their lockWait, nor hold the node's slots", async () => {
  const b = await bench();
  const first = await b.snapshots([101], { name: "aa" });
  b.broken.on(
    (deed) =>
      deed.port === "write" &&
      deed.changes.some(
        (change) =>
          "update" in change && change.update.pk === `op#${first}` && change.set?.["state"] === "intent",
      ),
    "before",
    { times: 1e9 },
  );
  await b.run(10);
  const { three, other } = await threeAndAnother(b, { lockWait: "60s" });
  await pass(b, 30);
  for (const id of three)
    expect(await b.item(id)).toMatchObject({ state: "failed", error: { code: "vm.locked" } });
  expect(await b.item(other)).toMatchObject({ state: "succeeded" });
});

test("what does not need the guest for itself keeps nobody waiting: a backup that is deleted on a node that is away", async () => {
  const b = await bench();
  const volid = placeBackup(b, 101, "2026-11-20T02:00:00Z", { storage: "local", node: "pve3" });
  const answer = await b.call(DeleteBackup, { path: { cluster: "main", backup: idOf(volid) } });
  expect(answer.status).toBe(202);
  b.simulator.inflict({ do: "node-offline", node: "pve3", on: true });
  await b.run(1000);
  const { three, other } = await threeAndAnother(b, { lockWait: "60s" });
  await pass(b, 10);
  for (const id of [...three, other]) expect(await b.item(id)).toMatchObject({ state: "succeeded" });
});

test("423: lockWait 0 is refused at once while another is the next to have the guest", async () => {
  const b = await bench();
  const { first, second } = await oneBehindAnother(b);
  await b.settle(first);
  const refused = await b.call(Snapshot, { path, body: { name: "three", lockWait: "0s" } });
  expect(refused).toMatchObject({ status: 423, json: { code: "vm.locked" } });
  await b.live(second);
  const answer = await b.call(Snapshot, { path, body: { name: "three", lockWait: "0s" } });
  expect(answer.status).toBe(202);
});

test("two who join the line in one millisecond both have their place, the older one first", async () => {
  const b = await bench();
  const ids: string[] = [];
  for (const name of ["aa", "bb", "cc"]) {
    ids.push(`${await b.snapshots([101], { name })}/0`);
    await b.clock.advance(1);
  }
  const [x = "", y = "", z = ""] = ids;
  await lockGuest(b.world, "main/101", x, nobody);
  const slow = holding(b.world, () => true);
  const late = lockGuest(slow.world, "main/101", z, nobody);
  await slow.reached;
  await lockGuest(b.world, "main/101", y, nobody);
  slow.letThrough();
  await late;
  expect(b.store.peek("Runtime", lock)).toMatchObject({ holder: x, line: [{ holder: y }, { holder: z }] });
});

test("a guest that is given back leaves a row only where somebody waits for it", async () => {
  const b = await bench();
  const ids = [await b.snapshots([101], { name: "aa" }), await b.snapshots([101], { name: "bb" })];
  const [x = "", y = ""] = ids.map((id) => `${id}/0`);
  await lockGuest(b.world, "main/101", x, nobody);
  await lockGuest(b.world, "main/101", y, nobody);
  await unlockGuest(b.world, "main/101", x);
  expect(b.store.peek("Runtime", lock)).toMatchObject({ holder: "", line: [{ holder: y }] });
  expect(await lockGuest(b.world, "main/101", y, nobody)).toBeUndefined();
  await unlockGuest(b.world, "main/101", y);
  expect(b.store.peek("Runtime", lock)).toBeUndefined();
});
