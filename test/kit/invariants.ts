import { expect } from "vitest";
import { DAYS, genesis, link } from "../../core/audit/chain.ts";
import { Entry } from "../../core/audit/entry.ts";
import { ItemRow } from "../../core/operation/item.ts";
import { NodeRow } from "../../core/operation/node.ts";
import { FINAL, OperationRow, sum, NO_COUNTS } from "../../core/operation/operation.ts";
import type { Row } from "../../core/db/index.ts";
import type { Lab } from "./lab.ts";

type Watched = Pick<Lab, "store" | "simulator" | "world">;

const rowsOf = ({ store }: Watched, table: string): Row[] =>
  store
    .dump()
    .filter((entry) => entry.table === table)
    .map(({ row }) => row);

/** I6: every chain of the audit log links, and each item has one row for its end. */
function checkAudit(watched: Watched, operation: string, items: readonly ItemRow[]) {
  const links = rowsOf(watched, "Audit").filter((row) => row.pk !== DAYS);
  const rows = links.toSorted((a, b) => (a.pk + a.sk < b.pk + b.sk ? -1 : 1));
  const heads = new Map<string, string>();
  for (const { pk, sk: _, ...rest } of rows) {
    const { hash, previousHash, ...entry } = Entry.parse(rest);
    expect(previousHash).toBe(heads.get(pk) ?? genesis(pk));
    expect(hash).toBe(link(previousHash, entry));
    heads.set(pk, hash);
  }
  const ends = rows.filter((row) => row["operation"] === operation && row["outcome"] !== "accepted");
  const count = (values: readonly unknown[]) => values.map(String).toSorted();
  const ended = items.filter((item) => item.finishedAt !== null);
  const byPlan = items.filter((item) => item.finishedAt === null).map((item) => item.vm.id);
  const told = ends.filter((row) => !byPlan.includes(String(row["target"])));
  expect(count(told.map((row) => `${String(row["target"])} ${String(row["outcome"])}`))).toEqual(
    count(ended.map((item) => `${item.vm.id} ${item.state}`)),
  );
}

/** I2 and I3: what Proxmox has is what the item says, once. */
function checkTruth({ simulator }: Watched, items: readonly ItemRow[]) {
  const { guests } = simulator.dump();
  for (const item of items.filter(({ action }) => action === "snapshot.create")) {
    const marker = `moxxie=${item.operation}/${item.n}`;
    const made = Object.values(guests[item.vm.vmid]?.snapshots ?? {}).filter((snapshot) =>
      (snapshot.description ?? "").split(/\s/).includes(marker),
    );
    const whole = made.filter((snapshot) => snapshot.snapstate === undefined).length;
    const told = `${item.vm.id} ${item.state} (${item.reason})`;
    if (item.state !== "unknown") expect([told, whole]).toEqual([told, item.state === "succeeded" ? 1 : 0]);
    const halfMade = item.reason?.includes("half made") === true;
    expect([told, made.length - whole]).toEqual([told, halfMade ? 1 : 0]);
  }
}

/** I1 and I8: everything has ended, and the counts are those of the items. */
function checkCounts(operation: OperationRow, items: readonly ItemRow[]) {
  expect(items.filter((item) => !FINAL.some((state) => state === item.state))).toEqual([]);
  expect(items).toHaveLength(operation.total);
  const counts = sum([...Object.values(operation.closed), { ...NO_COUNTS, skipped: operation.leftOut }]);
  const counted = Object.fromEntries(
    FINAL.map((state) => [state, items.filter((item) => item.state === state).length]),
  );
  expect(counts).toEqual(counted);
}

/** Nothing is held or waits any more for the operation. */
function checkLeftovers(watched: Watched, operation: string) {
  const rows = rowsOf(watched, "Runtime");
  // A guest's lock is worth nothing once its holder has ended.
  const held = rows.filter(
    (row) => !row.pk.startsWith("guest#") && String(row["holder"]).startsWith(`${operation}/`),
  );
  const running = rows
    .filter((row) => row.pk.startsWith("node#"))
    .flatMap((row) => NodeRow.parse(row).running.filter(({ holder }) => holder.startsWith(`${operation}/`)));
  const waiting = rowsOf(watched, "History").filter(
    (row) =>
      (row.pk.startsWith("lane#") && row.sk.endsWith(`#${operation}`)) ||
      (row.pk === "outbox" && row.sk === operation),
  );
  expect([...held, ...running, ...waiting]).toEqual([]);
}

/** I5: no node ever ran more tasks than its cap. */
function checkPeak({ simulator, world }: Watched) {
  for (const [node, peak] of Object.entries(simulator.counters().peak))
    expect(`${node} ${Math.max(peak, world.settings.nodeCap)}`).toBe(`${node} ${world.settings.nodeCap}`);
}

/** Holds an ended operation to I1, I2, I3, I5, I6 and I8 of the reliability page, and gives its items. */
export async function invariants(watched: Watched, operation: string): Promise<ItemRow[]> {
  const rows = await watched.store.query({ table: "History", pk: `op#${operation}` });
  const row = OperationRow.parse(rows.find(({ sk }) => sk === "operation"));
  const items = rows.filter(({ sk }) => sk.startsWith("item#")).map((item) => ItemRow.parse(item));
  expect(row.state).not.toBe("open");
  checkCounts(row, items);
  checkTruth(watched, items);
  checkAudit(watched, operation, items);
  checkLeftovers(watched, operation);
  checkPeak(watched);
  return items;
}
