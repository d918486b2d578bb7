import { expect, test } from "vitest";
import * as Vms from "../../../functions/api/vms/list.ts";
import { timer } from "../../../functions/cron/inventory.ts";
import { withCluster } from "../api/clusters/stage.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { restrict } from "../../kit/restrict.ts";
import { List, Vm } from "../../kit/shape.ts";

const MINUTE = 60_000;

const poll = (stage: Lab) =>
  stage.clock.until(timer((needs, effect) => restrict(stage.world, needs, effect))());

const vms = async (stage: Lab) => List(Vm).parse((await stage.call(Vms)).json);

test("each tick asks a cluster once, however many guests it has, and lists then are as old as the tick", async () => {
  const stage = await lab();
  await stage.clock.advance(MINUTE);
  Object.assign(stage.simulator.state.guests["110"] ?? {}, { status: "running" });
  await poll(stage);
  expect(stage.simulator.counters().total.requests).toBe(1);
  const list = await vms(stage);
  expect(list.asOf).toBe(stage.clock.now().toISOString());
  expect(list.items.find(({ vmid }) => vmid === 110)?.status).toBe("running");
});

test("a token that suddenly sees nothing empties no list; the list says that it is suspect", async () => {
  const stage = await lab();
  for (const vmid of Object.keys(stage.simulator.state.guests)) delete stage.simulator.state.guests[vmid];
  await stage.clock.advance(MINUTE);
  await poll(stage);
  const list = await vms(stage);
  expect(list.items.length).toBe(24);
  expect(list).toMatchObject({ partial: true, warnings: [{ code: "inventory.suspect" }] });
});

test("a cluster that does not answer does not keep the others from being asked", async () => {
  const stage = await lab();
  await withCluster(stage, "aaa", "silent");
  stage.simulator.faults.add({ match: { nth: 1, times: 2 }, do: "cut-before" });
  await poll(stage);
  await stage.clock.advance(MINUTE);
  await poll(stage);
  expect((await vms(stage)).asOf).toBe(stage.clock.now().toISOString());
});
