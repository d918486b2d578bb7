import { expect, test } from "vitest";
import { register } from "../../../core/cluster/index.ts";
import { systemCaller } from "../../../core/context.ts";
import { poll } from "../../../core/inventory/index.ts";
import * as BulkRoute from "../../../functions/api/bulk/snapshots.ts";
import * as ListRoute from "../../../functions/api/vms/list.ts";
import * as Inventory from "../../../functions/cron/inventory.ts";
import { createSimulator } from "../../../local/proxmox/index.ts";
import { bench } from "../../kit/bench.ts";
import { writesState } from "../../kit/breaking.ts";
import { invariants } from "../../kit/invariants.ts";
import { restrict } from "../../kit/restrict.ts";
import { Operation } from "../../kit/shape.ts";
import { simulatorTransport } from "../../kit/transport.ts";

const MINUTE = 60_000;
/** What ten minutes of an outage may cost a cluster in requests, and each of them once it is known. */
const MOST = 20;
const MOST_A_MINUTE = 2;

/** A hundred guests on three nodes, of whom some have their snapshot already. */
async function underway(more: Record<string, unknown> = {}) {
  const b = await bench({ guests: 100, nodes: 3 });
  // A raw disk on a directory cannot take snapshots, and is left out by the plan.
  const able = Object.values(b.simulator.state.guests).filter(
    ({ config }) => !config.template && !JSON.stringify(config).includes('"nfs:'),
  );
  const id = await b.snapshots(
    able.map(({ vmid }) => vmid),
    more,
  );
  const done = async () => (await b.items(id)).filter(({ state }) => state === "succeeded").length;
  await b.run(10 * MINUTE, async () => (await done()) >= 20);
  const before = b.broken.deeds.length;
  /** Every request since, as `GET /nodes/pve1/tasks`, without what stands for one guest or task. */
  const asked = () =>
    b.broken.deeds.slice(before).flatMap((deed) => {
      if (deed.port !== "request") return [];
      const path = deed.target.replace(/\?.*/, "").replace(/\/(\d{3,}|UPID[^/]*)/, "/…");
      return [`${deed.method} ${path}`];
    });
  const states = async () => [...new Set((await b.items(id)).map(({ state }) => state))];
  return { ...b, id, asked, states };
}

type Stage = Awaited<ReturnType<typeof underway>>;

/** Goes on for so many minutes and gives the requests of each. */
async function minutes(stage: Stage, count: number, each: () => Promise<unknown> = async () => undefined) {
  const told: string[][] = [];
  for (let minute = 0; minute < count; minute++) {
    const before = stage.asked().length;
    await stage.run(MINUTE);
    await each();
    told.push(stage.asked().slice(before));
  }
  return told;
}

/** Holds an outage to its budget; what was asked stands in the failure. */
function expectFew(told: readonly string[][]) {
  const kinds = Object.entries(Object.groupBy(told.flat(), (one) => one));
  const listed = kinds.map(([kind, all]) => `${all?.length} ${kind}`).join("\n");
  const story = `${told.map(({ length }) => length).join(" ")} requests by minute:\n${listed}`;
  const worst = Math.max(...told.slice(1).map(({ length }) => length));
  const isFew = told.flat().length <= MOST && worst <= MOST_A_MINUTE;
  expect(isFew ? "few" : story).toBe("few");
}

async function ends(stage: Stage, states: readonly string[] = ["succeeded"]) {
  await stage.live(stage.id);
  const items = await invariants(stage, stage.id);
  expect([...new Set(items.map(({ state }) => state))].toSorted()).toEqual([...states].toSorted());
  return items;
}

/** Another cluster of the same deployment, which is well. */
async function neighbour({ world, clock, call }: Stage) {
  const far = createSimulator({ clock, seed: 1 });
  const { dial } = world;
  const both: typeof dial = (target) =>
    target.cluster === "far" ? simulatorTransport(far, target) : dial(target);
  Object.assign(world, { dial: both });
  const reach = { name: "far", endpoints: ["https://far.test:8006"], fingerprints: [] };
  await register({ ...world, ...systemCaller("test", "req_test") }, { id: "far", ...reach });
  await clock.until(poll(world, "far"));
  const body = { select: { clusters: ["far"], vmids: [101, 102, 103] } };
  return Operation.parse((await call(BulkRoute, { body })).json).id;
}

test("F43: a token that is revoked mid-job costs one request a minute for watchers, items, the inventory and callers together", async () => {
  const stage = await underway();
  const { simulator, clock, broken, call } = stage;
  const tokens = { ...simulator.state.tokens };
  simulator.revokeToken(simulator.token.split("=")[0] ?? "");
  const timer = Inventory.timer((needs, effect) => restrict(broken.world, needs, effect));
  const told = await minutes(stage, 10, async () => {
    await clock.until(timer());
    expect(await call(ListRoute, { query: { fresh: "true" } })).toMatchObject({ status: 200 });
  });
  expectFew(told);
  expect(await stage.states()).not.toContain("failed");
  Object.assign(simulator.state.tokens, tokens);
  await ends(stage);
});

test("F43: a cluster whose token is revoked keeps no other one waiting", async () => {
  const stage = await underway();
  const tokens = { ...stage.simulator.state.tokens };
  stage.simulator.revokeToken(stage.simulator.token.split("=")[0] ?? "");
  const other = await neighbour(stage);
  await stage.run(MINUTE);
  const row = stage.store.peek("History", { pk: `op#${other}`, sk: "operation" });
  expect(row).toMatchObject({ state: "succeeded" });
  Object.assign(stage.simulator.state.tokens, tokens);
  await ends(stage);
});

test("F43: the deadline ends what waits for a token, and asks no more for it", async () => {
  const stage = await underway({ deadline: "5m" });
  stage.simulator.revokeToken(stage.simulator.token.split("=")[0] ?? "");
  expectFew(await minutes(stage, 10));
  const items = await ends(stage, ["succeeded", "failed", "unknown"]);
  const codes = new Set(items.flatMap(({ error }) => (error ? [error.code] : [])));
  expect(codes).toEqual(new Set(["operation.deadline", "proxmox.no-answer"]));
});

test("F17: quorum that is lost for ten minutes mid-job fails nothing, and nothing is begun without it", async () => {
  const stage = await underway();
  stage.simulator.setQuorum(false);
  const [first = [], ...told] = await minutes(stage, 1);
  const known = stage.broken.deeds.length;
  told.push(...(await minutes(stage, 9)));
  expectFew([first, ...told]);
  // Only the probes' own items are made ready to be sent.
  const ready = stage.broken.deeds.slice(known).filter(writesState("intent"));
  expect(ready.length).toBeLessThanOrEqual(told.flat().length);
  const writes = told.flat().filter((one) => !one.startsWith("GET"));
  expect(writes).toEqual([]);
  expect((await stage.states()).toSorted()).toEqual(["intent", "queued", "succeeded"]);
  stage.simulator.setQuorum(true);
  await ends(stage);
});

test("F17: the deadline ends what waits for quorum", async () => {
  const stage = await underway({ deadline: "5m" });
  stage.simulator.setQuorum(false);
  await minutes(stage, 10);
  const items = await ends(stage, ["succeeded", "failed"]);
  expect(new Set(items.flatMap(({ error }) => (error ? [error.code] : [])))).toEqual(
    new Set(["operation.deadline"]),
  );
});

test("F16: a node that is offline is hardly asked, the other nodes go on, and its guests follow when it is back", async () => {
  const stage = await underway();
  stage.simulator.setNode("pve2", { online: false });
  const others: boolean[] = [];
  const elsewhere = async () => (await stage.items(stage.id)).filter(({ vm }) => vm.node !== "pve2");
  const told = await minutes(stage, 10, async () => {
    others.push((await elsewhere()).some(({ state }) => state !== "succeeded"));
  });
  // While the other nodes are at work they are asked too; a minute later whatever is asked is for nothing.
  const atWork = others.filter(Boolean).length;
  expect(atWork).toBeLessThanOrEqual(2);
  const isFor = (one: string) => one.includes("/nodes/pve2/");
  expectFew(told.map((asked, minute) => (minute <= atWork + 1 ? asked.filter(isFor) : asked)));
  stage.simulator.setNode("pve2", { online: true });
  await ends(stage);
});

test("F16: guests of a node that the inventory sees online again go on within the minute", async () => {
  const stage = await underway();
  const { clock, simulator, broken } = stage;
  const timer = Inventory.timer((needs, effect) => restrict(broken.world, needs, effect));
  simulator.setNode("pve2", { online: false });
  await minutes(stage, 5, () => clock.until(timer()));
  const probes = () => stage.asked().filter((one) => one.includes("/nodes/pve2/")).length;
  const before = probes();
  await stage.run(5 * MINUTE, async () => probes() > before);
  await stage.run(40_000);
  simulator.setNode("pve2", { online: true });
  await clock.until(timer());
  await stage.run(70_000);
  const reasons = (await stage.items(stage.id)).map(({ reason }) => reason ?? "");
  expect(reasons.filter((reason) => reason.includes("not asked again"))).toEqual([]);
  await ends(stage);
});

test("F16: a daemon that restarts is away for seconds, not for a minute", async () => {
  const stage = await underway();
  const { clock, simulator } = stage;
  const match = { node: "pve2" };
  const fault = simulator.faults.add({ match, do: "answer", status: 595, reason: "Connection refused" });
  await stage.run(2000);
  simulator.faults.remove(fault);
  const since = clock.now().getTime();
  await stage.live(stage.id);
  const ended = (await invariants(stage, stage.id)).map(({ finishedAt }) => Date.parse(finishedAt ?? ""));
  expect(Math.max(...ended) - since).toBeLessThan(MINUTE);
});

test("a cluster of which no endpoint is reached costs a request a minute, and goes on when one is", async () => {
  const stage = await underway();
  stage.simulator.setNode("pve1", { online: false });
  expectFew(await minutes(stage, 10));
  expect(await stage.states()).not.toContain("failed");
  stage.simulator.setNode("pve1", { online: true });
  await ends(stage);
});
