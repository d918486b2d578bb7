import { expect, test } from "vitest";
import { judge } from "../../../core/operation/judge.ts";
import { loadOperation } from "../../../core/operation/operation.ts";
import { effects } from "../../../core/work/index.ts";
import { bench } from "../../kit/bench.ts";

const action = effects["snapshot.create"]?.action;
if (!action) throw new Error("there is no such action");
const TAKING = { action };

/** Two thousand guests, and the items of those whose snapshot was asked for and not begun. */
async function waiting() {
  const b = await bench({ guests: 2000, nodes: 4 });
  const able = Object.values(b.simulator.state.guests).filter(({ config }) => !config.template);
  const id = await b.snapshots(able.slice(0, 200).map(({ vmid }) => vmid));
  await b.run(100);
  const operation = await loadOperation(b.world, id);
  if (!operation) throw new Error("no operation");
  const items = (await b.items(id)).filter(({ state }) => state === "queued");
  return { b, operation, items };
}

test("of 2000 guests, policy and place cost an item one read unit at most", async () => {
  const { b, operation, items } = await waiting();
  const requests = b.simulator.counters().total.requests;
  b.store.units.reset();
  for (const item of items)
    expect(await judge(b.world, operation, item, TAKING)).toMatchObject({ node: item.vm.node });
  expect(b.store.units.read / items.length).toBeLessThanOrEqual(1);
  expect(b.simulator.counters().total.requests).toBe(requests);
});

test("an item whose guest was not where it was listed is judged by a listing that is newer than that", async () => {
  const { b, operation, items } = await waiting();
  const [item, other] = items;
  if (!item || !other) throw new Error("no items");
  for (const { vm } of [item, other])
    Object.assign(b.simulator.state.guests[vm.vmid] ?? {}, { node: "pve4" });
  const before = b.simulator.counters().total.requests;
  const moved = { ...item, movedAt: b.clock.now().toISOString() };
  expect(await judge(b.world, operation, item, TAKING)).toMatchObject({ node: item.vm.node });
  expect(await judge(b.world, operation, moved, TAKING)).toMatchObject({ node: "pve4" });
  // The same listing serves the next one.
  expect(await judge(b.world, operation, other, TAKING)).toMatchObject({ node: "pve4" });
  expect(b.simulator.counters().total.requests - before).toBe(1);
});

test("F46: when the token sees no guests any more, none counts as gone", async () => {
  const { b, operation, items } = await waiting();
  const [item] = items;
  if (!item) throw new Error("no items");
  b.simulator.faults.add({
    match: { path: "/cluster/resources" },
    do: "answer",
    status: 200,
    reason: "OK",
    body: '{"data":[]}',
  });
  const moved = { ...item, movedAt: b.clock.now().toISOString() };
  expect(await judge(b.world, operation, moved, TAKING)).toMatchObject({ node: item.vm.node });
});

test("a step that only follows what goes on by itself is ended by no deadline and no rule", async () => {
  const { b, operation, items } = await waiting();
  const [item] = items;
  if (!item) throw new Error("no items");
  const step = { ...item, step: 1 };
  await b.clock.advance((operation.limits.deadlineSeconds + 7200) * 1000);
  const late = { state: "failed", code: "operation.deadline" };
  expect(await judge(b.world, operation, step, TAKING)).toMatchObject(late);
  const followed = await judge(b.world, operation, step, { ...TAKING, follows: () => true });
  expect(followed).toEqual({ node: item.vm.node, decision: item.decision, wouldRefuse: item.wouldRefuse });
});
