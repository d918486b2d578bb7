import { expect, test } from "vitest";
import type { World } from "../../../core/context.ts";
import { begin, list } from "../../../core/inventory/index.ts";
import * as Vms from "../../../functions/api/vms/list.ts";
import { timer } from "../../../functions/cron/inventory.ts";
import { withCluster } from "../api/clusters/stage.ts";
import { engine } from "../../kit/engine.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { restrict } from "../../kit/restrict.ts";
import { List, Vm } from "../../kit/shape.ts";

const MINUTE = 60_000;

/** A tick, and the work that it gives. */
async function poll(stage: Lab) {
  await stage.clock.until(timer((needs, effect) => restrict(stage.world, needs, effect))());
  await stage.run(0);
}

const vms = async (stage: Lab) => List(Vm).parse((await stage.call(Vms)).json);

test("each tick asks a cluster once, however many guests it has, and lists then are as old as the tick", async () => {
  const stage = await lab();
  await stage.clock.advance(MINUTE);
  Object.assign(stage.simulator.state.guests["110"] ?? {}, { status: "running" });
  await poll(stage);
  expect(stage.simulator.counters().total.requests).toBe(1);
  const shown = await vms(stage);
  expect(shown.asOf).toBe(stage.clock.now().toISOString());
  expect(shown.items.find(({ vmid }) => vmid === 110)?.status).toBe("running");
});

test("a token that suddenly sees nothing empties no list; the list says that it is suspect", async () => {
  const stage = await lab();
  for (const vmid of Object.keys(stage.simulator.state.guests)) delete stage.simulator.state.guests[vmid];
  await stage.clock.advance(MINUTE);
  await poll(stage);
  const shown = await vms(stage);
  expect(shown.items.length).toBe(24);
  expect(shown).toMatchObject({ partial: true, warnings: [{ code: "inventory.suspect" }] });
});

test("B8: each cluster is listed by an invocation of its own", async () => {
  const stage = await lab();
  await withCluster(stage, "aaa", "silent");
  await stage.clock.advance(MINUTE);
  await stage.clock.until(begin(stage.world));
  const messages = stage.queues.receive("Inventory", 10).map(({ body }): unknown => JSON.parse(body));
  const at = stage.clock.now().toISOString();
  expect(messages).toEqual(["aaa", "main"].map((cluster) => ({ v: 1, kind: "inventory", cluster, at })));
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test("B8: a message that is delivered twice lists its cluster once", async () => {
  const stage = await lab();
  await stage.clock.advance(MINUTE);
  const message = { v: 1, kind: "inventory", cluster: "main", at: stage.clock.now().toISOString() };
  await stage.clock.advance(1000);
  for (let n = 0; n < 2; n++) await stage.clock.until(list(stage.world, message));
  expect(stage.simulator.counters().total.requests).toBe(1);
});

/** A world in which some clusters never answer, and kill in the end whoever asks them; `asked` tells who was. */
function deadly(stage: Lab, ids: readonly string[]) {
  const asked: string[] = [];
  const dial: World["dial"] = (target) => {
    const send = stage.world.dial(target);
    return (wire) => {
      asked.push(target.cluster);
      return ids.includes(target.cluster) ? new Promise(() => undefined) : send(wire);
    };
  };
  return { world: { ...stage.world, dial }, asked };
}

test("B8: a cluster that kills its worker tick after tick keeps no other from being listed, and is asked at each tick", async () => {
  const stage = await lab();
  await withCluster(stage, "aaa", "silent");
  const { world, asked } = deadly(stage, ["aaa"]);
  const workers = engine(world, stage);
  for (let tick = 1; tick <= 4; tick++) {
    await stage.clock.until(begin(world));
    const at = stage.clock.now().toISOString();
    await workers.run(MINUTE);
    const { asOf, items } = List(Vm).parse((await stage.call(Vms, { query: { cluster: "main" } })).json);
    expect([asOf, items.length]).toEqual([at, 24]);
    expect(asked.filter((id) => id === "aaa").length).toBe(tick);
  }
  expect(stage.queues.depth("Dead")).toMatchObject({ visible: 0 });
});

test("B8: a cluster is listed by one invocation at a time; what a dead one held is free at the next tick", async () => {
  const stage = await lab();
  const { world, asked } = deadly(stage, ["main"]);
  const tell = () => ({ v: 1, kind: "inventory", cluster: "main", at: stage.clock.now().toISOString() });
  const dies = list(world, tell());
  await stage.clock.advance(30_000);
  await stage.clock.until(list(world, tell()));
  expect(asked).toEqual(["main"]);
  await stage.clock.advance(30_000);
  await stage.clock.until(list(stage.world, tell()));
  const { asOf } = await vms(stage);
  expect(asOf).toBe(stage.clock.now().toISOString());
  expect(await Promise.race([dies, Promise.resolve("under way")])).toBe("under way");
});

test("B8: a lease is given back, also by one whose cluster did not answer", async () => {
  const stage = await lab();
  const lease = () => stage.store.peek("Runtime", { pk: "inventory#main", sk: "lease" });
  const tell = () => ({ v: 1, kind: "inventory", cluster: "main", at: stage.clock.now().toISOString() });
  await stage.clock.until(list(stage.world, tell()));
  expect(lease()).toBeUndefined();
  stage.simulator.faults.add({ match: { path: "/cluster/resources" }, do: "cut-before" });
  await stage.clock.until(list(stage.world, tell()));
  expect(lease()).toBeUndefined();
});

test("B8: an invocation that ends too late gives back no lease but its own", async () => {
  const stage = await lab();
  const lease = () => stage.store.peek("Runtime", { pk: "inventory#main", sk: "lease" });
  const tell = () => ({ v: 1, kind: "inventory", cluster: "main", at: stage.clock.now().toISOString() });
  const dial: World["dial"] = (target) => {
    const send = stage.world.dial(target);
    return (wire) => stage.clock.sleep(70_000).then(() => send(wire));
  };
  const late = list({ ...stage.world, dial }, tell());
  await stage.clock.advance(MINUTE);
  const next = list(deadly(stage, ["main"]).world, tell());
  await stage.clock.advance(1000);
  const held = lease();
  expect(held?.["at"]).toBe(new Date(stage.clock.now().getTime() - 1000).toISOString());
  await stage.clock.until(late);
  expect(lease()).toEqual(held);
  expect(await Promise.race([next, Promise.resolve("under way")])).toBe("under way");
});
