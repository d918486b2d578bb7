import { deepEqual, equal, notEqual } from "node:assert/strict";
import { DAYS, genesis, link } from "../../core/audit/chain.ts";
import { Entry } from "../../core/audit/entry.ts";
import { ItemRow } from "../../core/operation/item.ts";
import { NodeRow } from "../../core/operation/node.ts";
import { FINAL, NO_COUNTS, sum } from "../../core/operation/counts.ts";
import { OperationRow } from "../../core/operation/operation.ts";
import type { Row } from "../../core/db/index.ts";
import type { Lab } from "./lab.ts";
import { checkTruth, type Beside } from "./truth.ts";

type Watched = Pick<Lab, "store" | "simulator" | "world">;

const rowsOf = ({ store }: Watched, table: string): Row[] =>
  store
    .dump()
    .filter((entry) => entry.table === table)
    .map(({ row }) => row);

/** I6: every chain of the audit log links. Gives its entries. */
function checkChains(watched: Watched): Row[] {
  const links = rowsOf(watched, "Audit").filter((row) => row.pk !== DAYS);
  const rows = links.toSorted((a, b) => (a.pk + a.sk < b.pk + b.sk ? -1 : 1));
  const heads = new Map<string, string>();
  for (const { pk, sk: _, ...rest } of rows) {
    const { hash, previousHash, ...entry } = Entry.parse(rest);
    equal(previousHash, heads.get(pk) ?? genesis(pk), `I6: the chain ${pk} is broken`);
    equal(hash, link(previousHash, entry), `I6: an entry of ${pk} was changed`);
    heads.set(pk, hash);
  }
  return rows;
}

/** I6: the operation was told when it was accepted, and each of its items when it ended, once. */
function checkAudit(rows: readonly Row[], operation: OperationRow, items: readonly ItemRow[]) {
  const own = rows.filter((row) => row["operation"] === operation.id);
  const cancels = (row: Row) => row["action"] === "operation.cancel";
  const begun = own.filter((row) => row["outcome"] === "accepted" && !cancels(row));
  deepEqual(
    begun.map((row) => String(row["at"]) <= operation.createdAt),
    [true],
    "I6: no audit row before the operation",
  );
  const count = (values: readonly unknown[]) => values.map(String).toSorted();
  const ended = items.filter((item) => item.finishedAt !== null);
  const byPlan = items.filter((item) => item.finishedAt === null).map((item) => item.vm.id);
  const told = own.filter((row) => row["outcome"] !== "accepted" && !byPlan.includes(String(row["target"])));
  const ends = told.filter((row) => row["target"] !== operation.id);
  deepEqual(
    count(ends.map((row) => `${String(row["target"])} ${String(row["outcome"])}`)),
    count(ended.map((item) => `${item.vm.id} ${item.state}`)),
    "I6: the ends in the audit log are not those of the items",
  );
}

/** I1 and I8: everything has ended, and the counts are those of the items. */
function checkCounts(operation: OperationRow, items: readonly ItemRow[]) {
  const open = items.filter((item) => !FINAL.some((state) => state === item.state));
  deepEqual(open, [], "I1: items that have not ended");
  equal(items.length, operation.total, "I8: there are not as many items as were accepted");
  const counts = sum([...Object.values(operation.closed), { ...NO_COUNTS, skipped: operation.leftOut }]);
  const counted = Object.fromEntries(
    FINAL.map((state) => [state, items.filter((item) => item.state === state).length]),
  );
  deepEqual({ ...counts }, counted, "I8: the counts are not those of the items");
}

/** Nothing is held or waits any more for the operation. */
function checkLeftovers(watched: Watched, operation: string) {
  const rows = rowsOf(watched, "Runtime");
  const running = rows
    .filter((row) => row.pk.startsWith("node#"))
    .flatMap((row) => NodeRow.parse(row).running.filter(({ holder }) => holder.startsWith(`${operation}/`)));
  const waiting = rowsOf(watched, "History").filter(
    (row) =>
      (row.pk.startsWith("lane#") && row.sk.endsWith(`#${operation}`)) ||
      (row.pk === "outbox" && row.sk === operation),
  );
  deepEqual([...running, ...waiting], [], "something is held or waits for what has ended");
}

/** Nothing of a pool is held. Should its worker die just then, a slot stays, and is taken over by whoever needs it. */
function checkPools(watched: Watched, operation: string) {
  const held = rowsOf(watched, "Runtime").filter(
    (row) => row.pk.startsWith("slot#") && String(row["holder"]).startsWith(`${operation}/`),
  );
  deepEqual(held, [], "slots of pools are held by what has ended");
}

/** I5: no node ever ran more tasks than its cap. */
function checkPeak({ simulator, world }: Watched) {
  for (const [node, peak] of Object.entries(simulator.counters().peak)) {
    const { nodeCap } = world.settings;
    equal(`${node} ${Math.max(peak, nodeCap)}`, `${node} ${nodeCap}`, "I5: too many tasks at once");
  }
}

/** The items of an operation. */
export async function itemsOf(watched: Watched, operation: string): Promise<ItemRow[]> {
  const rows = rowsOf(watched, "History").filter(
    ({ pk, sk }) => pk === `op#${operation}` && sk.startsWith("item#"),
  );
  return rows.toSorted((a, b) => (a.sk < b.sk ? -1 : 1)).map((row) => ItemRow.parse(row));
}

/** Holds an ended operation to I1, I2, I3, I6 and I8 of the reliability page, and gives its items. */
export async function checkOperation(
  watched: Watched,
  operation: string,
  beside?: Beside,
): Promise<ItemRow[]> {
  const row = OperationRow.parse(watched.store.peek("History", { pk: `op#${operation}`, sk: "operation" }));
  const items = await itemsOf(watched, operation);
  notEqual(row.state, "open", `I1: ${operation} has not ended`);
  checkCounts(row, items);
  checkTruth(watched.simulator, items, beside);
  checkAudit(checkChains(watched), row, items);
  checkLeftovers(watched, operation);
  return items;
}

/** The same, with I5 where nobody else lets tasks run, and all pools free again. */
export async function invariants(watched: Watched, operation: string): Promise<ItemRow[]> {
  const items = await checkOperation(watched, operation);
  checkPools(watched, operation);
  checkPeak(watched);
  return items;
}
