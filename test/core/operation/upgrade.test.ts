import { expect, test } from "vitest";
import type { Change, Key, Row } from "../../../core/db/index.ts";
import { ItemMessage } from "../../../core/operation/message.ts";
import { NodeRow } from "../../../core/operation/node.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import type { Deed } from "../../kit/breaking.ts";
import { invariants } from "../../kit/invariants.ts";

const states = (items: readonly { state: string }[]) => [...new Set(items.map((item) => item.state))];

const able = (b: Bench) =>
  Object.values(b.simulator.state.guests)
    .filter(({ config }) => config.template !== "1" && !config.name?.startsWith("raw"))
    .map(({ vmid }) => vmid);

const without = (row: Row, ...names: readonly string[]): Row => {
  const kept = Object.entries(row).filter(([name]) => !names.includes(name));
  return { ...Object.fromEntries(kept), pk: row.pk, sk: row.sk };
};

const put = (table: Change["table"], row: Row): Change => ({ table, put: row });
const remove = (table: Change["table"], { pk, sk }: Key): Change => ({ table, remove: { pk, sk } });

/** A row as the version before wrote it: lanes keyed by their operation, a row for each slot and for the watcher. */
function before(table: Change["table"], row: Row): Change[] {
  if (row.pk.startsWith("lane#")) {
    const old = without(row, "rev", "action", "pools", "maxErrors", "stopped");
    return [remove(table, row), put(table, { ...old, sk: row.sk.slice(row.sk.lastIndexOf("#") + 1) })];
  }
  if (row.pk.startsWith("node#")) {
    const lane = `${row.pk.slice("node#".length)}/${row.sk}`;
    const slots = NodeRow.parse(row).running.map(({ holder, start }, index) => {
      const at = new Date(start).toISOString();
      return put(table, { pk: `slot#${lane}`, sk: String(index).padStart(5, "0"), holder, at });
    });
    const watch = { pk: `watch#${lane}`, sk: "watch", generation: 3, owner: "", due: 0, idle: false };
    return [remove(table, row), put(table, watch), ...slots];
  }
  if (row.sk === "operation")
    return [put(table, without(row, "pools", "stoppedAt", "stopRunning", "retryOf"))];
  if (row.sk.startsWith("item#")) return [put(table, without(row, "free", "step", "haltAt", "result"))];
  return [];
}

/** Everything as if the version before had come so far: rows and messages. */
async function asBefore(b: Bench): Promise<void> {
  for (const { table, row } of b.store.dump())
    if (table === "History" || table === "Runtime")
      for (const change of before(table, row)) await b.store.write([change]);
  for (const { body, receipt } of b.queues.receive("Item", 1000)) {
    b.queues.remove("Item", receipt);
    for (const item of ItemMessage.parse(JSON.parse(body)))
      b.queues.send("Item", JSON.stringify({ v: 1, kind: "item", ...item }));
  }
  b.queues.purge("Follow");
  for (const node of ["pve1", "pve2", "pve3"])
    b.queues.send(
      "Follow",
      JSON.stringify({ v: 1, kind: "follow", lane: `main/${node}`, generation: 3, quiet: 0 }),
    );
}

test.each([0, 50, 100, 2000, 8000, 60_000])(
  "F59: what the version before has begun %i ms ago is carried on by this one, within each node's cap",
  async (milliseconds) => {
    const b = await bench({ guests: 60 });
    const vmids = able(b).slice(0, 45);
    const id = await b.snapshots(vmids);
    if (milliseconds > 0) await b.run(milliseconds);
    await asBefore(b);
    const later = await b.snapshots(vmids.slice(0, 6), { name: "later-{vmid}" });
    await b.live(id);
    await b.live(later);
    for (const one of [id, later]) expect(states(await invariants(b, one))).toEqual(["succeeded"]);
    expect(b.requests("POST", "/snapshot")).toBe(vmids.length + 6);
  },
);

test("F59: what the version before had half written is written to its end, and begun", async () => {
  const b = await bench({ guests: 120 });
  const vmids = able(b).slice(0, 70);
  const cursor = (deed: Deed) =>
    deed.port === "write" &&
    deed.changes.some((change) => "set" in change && change.set?.["cursor"] !== undefined);
  // Its worker died when 40 items were there, and it had opened no lane by then.
  b.broken.on(cursor, "after");
  const id = await b.snapshots(vmids);
  await b.run(20);
  await asBefore(b);
  for (const { table, row } of b.store.dump())
    if (row.pk.startsWith("lane#")) await b.store.write([remove(table, row)]);
  expect((await b.items(id)).length).toBe(40);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(vmids.length);
});

test("F59: what the version before had begun and lost the messages of is found by the sweeper", async () => {
  const b = await bench();
  const id = await b.snapshots(able(b).slice(0, 15), { maxConcurrency: 4 });
  await b.run(100);
  await asBefore(b);
  b.queues.purge("Item");
  b.queues.purge("Follow");
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
});
