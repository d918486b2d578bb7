import { expect, test } from "vitest";
import type { World } from "../../../core/context.ts";
import { abandon } from "../../../core/operation/abandon.ts";
import type { Doing } from "../../../core/operation/take-guest.ts";
import { markHalts } from "../../../core/operation/halt.ts";
import { itemKey, type ItemRow } from "../../../core/operation/item.ts";
import { loadLane } from "../../../core/operation/lane.ts";
import { loadOperation, type OperationRow } from "../../../core/operation/operation.ts";
import { recover } from "../../../core/operation/recover.ts";
import { reopen, requeue } from "../../../core/operation/requeue.ts";
import { settle } from "../../../core/operation/settle.ts";
import { start } from "../../../core/operation/start.ts";
import { sent } from "../../../core/operation/submit.ts";
import { effects } from "../../../core/work/index.ts";
import { bench } from "../../kit/bench.ts";

const effect = effects["snapshot.create"];
if (!effect) throw new Error("there is no such effect");
const doing: Doing = { effect, effects };

const UPID = "UPID:pve1:0000AAAA:0000BBBB:69240000:qmsnapshot:101:moxxie@pve!test:";

/** A snapshot that nobody works at, in this state. */
async function standing(state: ItemRow["state"]) {
  const b = await bench();
  const id = await b.snapshots([101]);
  b.queues.purge("Item");
  const upid = state === "sent" ? UPID : null;
  const set = { state, fence: 1, attempts: 1, sentAt: b.clock.now().toISOString(), upid };
  await b.store.write([{ table: "History", update: itemKey(id, 0), set }]);
  const operation = await loadOperation(b.world, id);
  if (!operation) throw new Error("no operation");
  return { b, operation, item: await b.item(id) };
}

type Late = (world: World, item: ItemRow, operation: OperationRow) => Promise<unknown>;

const cases: readonly [string, ItemRow["state"], Late][] = [
  ["ask Proxmox", "queued", (world, item, operation) => start(world, operation, item, doing)],
  [
    "put it back into the queue",
    "queued",
    (world, item) => requeue(world, item, "late", { delaySeconds: 0 }),
  ],
  ["keep the UPID that was answered", "intent", (world, item) => sent(world, item, UPID)],
  ["look for what its request did", "intent", (world, item) => recover(world, item, effect, 90)],
  ["look for it once more", "sent", (world, item) => reopen(world, item, "late", 0)],
  ["have its task stopped", "sent", (world, item) => markHalts(world, item.lane, [item])],
];

test.each(cases)(
  "J: a worker that comes to %s when another has ended the item changes nothing of it",
  async (_, state, late) => {
    const { b, operation, item } = await standing(state);
    const ending = { state: "cancelled", code: "operation.stopped", reason: "it was stopped" } as const;
    expect(await b.clock.until(settle(b.world, item, ending))).toBe(true);
    const ended = await b.item(operation.id);
    await b.clock.until(late(b.world, item, operation));
    await b.run(600_000);
    expect(await b.item(operation.id)).toEqual(ended);
    expect(b.requests("POST", "/snapshot")).toBe(0);
  },
);

test("J: what has begun is not cancelled with what has not, whatever its lane says", async () => {
  const { b, operation, item } = await standing("sent");
  const lane = await loadLane(b.world, item.lane, operation);
  if (!lane) throw new Error("no lane");
  await b.store.write([{ table: "History", put: { ...lane, next: lane.from, rev: lane.rev + 1 } }]);
  const until = b.clock.now().getTime() + 60_000;
  const done = await abandon(b.world, item.lane, operation, { reason: "it was stopped", until });
  expect(done).toBe(false);
  expect(await b.item(operation.id)).toEqual(item);
});
