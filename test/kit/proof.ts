import { expect } from "vitest";
import type { Lab } from "./lab.ts";
import { AuditEntry, Item, List, Operation } from "./shape.ts";
import * as AuditRoute from "../../functions/api/audit/list.ts";
import * as ItemsRoute from "../../functions/api/operations/items.ts";
import * as OperationRoute from "../../functions/api/operations/get.ts";

/** What was asked of Proxmox beside reads, as "METHOD /path": how often. */
export const writesTo = ({ simulator }: Pick<Lab, "simulator">) =>
  Object.fromEntries(
    Object.entries(simulator.counters().calls)
      .filter(([name]) => !name.startsWith("GET "))
      .map(([name, count]) => [name, count.requests]),
  );

/** All that a write could have left: schedules, messages, and rows but the audit's and what was learnt of clusters that do not answer. */
const traces = ({ store, schedules, queues }: Pick<Lab, "store" | "schedules" | "queues">) => ({
  rows: store.dump().filter(({ table, row }) => table !== "Audit" && !row.pk.startsWith("breaker#")),
  schedules: schedules.list(),
  messages: queues.list().map(({ name }) => [name, queues.depth(name)]),
});

/** Runs what must change nothing, and holds it to that; gives its answer. */
export async function changingNothing<T>(lab: Lab, act: () => Promise<T>): Promise<T> {
  const before = traces(lab);
  const answer = await act();
  expect(traces(lab)).toEqual(before);
  expect(writesTo(lab)).toEqual({});
  return answer;
}

/** The audit log, newest first, by filter. */
export async function auditOf(lab: Lab, query: Record<string, string> = {}) {
  const { json } = await lab.call(AuditRoute, { query: { limit: "200", ...query } });
  return List(AuditEntry).parse(json).items;
}

/** Lets an operation that an answer names run to its end, and shows it and its items. */
export async function carriedOut(lab: Lab, answer: { status: number; json: unknown }) {
  expect(answer).toMatchObject({ status: 202 });
  const { id } = Operation.parse(answer.json);
  await lab.settle(id);
  const operation = Operation.parse((await lab.call(OperationRoute, { path: { operation: id } })).json);
  const path = { operation: id };
  const { json } = await lab.call(ItemsRoute, { path, query: { limit: "200" } });
  return { operation, items: List(Item).parse(json).items };
}
