import { expect, test } from "vitest";
import { systemContext } from "../../../core/context.ts";
import { itemKey } from "../../../core/operation/item.ts";
import * as Operation from "../../../core/operation/index.ts";
import { effects } from "../../../core/work/index.ts";
import { verbs } from "../../../core/work/retry.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { ROUTES } from "../../kit/routes.ts";

/** An operation of one snapshot, of which nobody knows whether it was taken. */
async function unknown(b: Bench) {
  const id = await b.snapshots([102]);
  await b.live(id);
  const set = { state: "unknown" };
  await b.store.write([{ table: "History", update: itemKey(id, 0), set }]);
  return id;
}

const asking = (b: Bench, repeatable: boolean) => {
  const taking = effects["snapshot.create"];
  if (!taking) throw new Error("no effect");
  const some = { ...effects, "snapshot.create": { ...taking, repeatable } };
  const retry = Operation.retrying({ verbs, effects: some });
  const ctx = systemContext(b.world, "test", "req_test");
  return (input: Record<string, unknown>) => b.clock.until(retry.call({ ...ctx, dryRun: true }, input));
};

test("what may be done twice is done again when nobody knows how it ended", async () => {
  const b = await bench();
  const operation = await unknown(b);
  expect(await asking(b, true)({ operation })).toMatchObject({ plan: { summary: { run: 1 } } });
});

test("what must never be done twice is done again only when it is asked for by name", async () => {
  const b = await bench();
  const operation = await unknown(b);
  await expect(asking(b, false)({ operation })).rejects.toMatchObject({ code: "operation.nothing" });
  const named = await asking(b, false)({ operation, states: ["unknown"] });
  expect(named).toMatchObject({ plan: { summary: { run: 1 } } });
});

test("an operation of a kind that cannot be done in parts is refused", async () => {
  const b = await bench();
  const operation = await unknown(b);
  const key = { pk: `op#${operation}`, sk: "operation" };
  await b.store.write([{ table: "History", update: key, set: { kind: "vm.levitate" } }]);
  await expect(asking(b, true)({ operation })).rejects.toMatchObject({ code: "operation.unsupported" });
});

test("a call that held a secret is refused: what is kept of it is not what was sent", async () => {
  const b = await bench();
  const operation = await unknown(b);
  const key = { pk: `op#${operation}`, sk: "operation" };
  const input = { cluster: "main", cloudInit: { password: "[redacted]" } };
  await b.store.write([{ table: "History", update: key, set: { input } }]);
  await expect(asking(b, true)({ operation })).rejects.toMatchObject({
    code: "operation.unsupported",
    message: expect.stringContaining("secret"),
  });
});

/** Calls whose operations are asked for anew, each for its own reason. */
const EXEMPT = [
  "functions/api/jobs/run", // makes operations of other kinds
  "functions/api/operations/cancel", // makes none
  "functions/api/operations/retry",
  "functions/api/vms/tags/add", // their input does not tell which it was
  "functions/api/vms/tags/remove",
  "functions/api/vms/tags/replace",
];

test("whatever a route accepts as an operation can be done again, or is named here", () => {
  const known = new Set(Object.values(verbs).flat());
  const accepting = Object.entries(ROUTES).filter(([, { spec }]) => spec.status === 202);
  const lost = accepting.filter(([, { spec }]) => !known.has(spec.verb)).map(([file]) => file);
  expect(lost.toSorted()).toEqual(EXEMPT.toSorted());
});
