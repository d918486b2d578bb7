import { expect, test } from "vitest";
import type { World } from "../../../core/context.ts";
import { find, readAll } from "../../../core/inventory/index.ts";
import { NoAnswer, type Transport } from "../../../core/proxmox/index.ts";
import { spec as vms } from "../../../functions/api/vms/list.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { List, Vm } from "../../kit/shape.ts";

const listings = ({ simulator }: Lab) => simulator.counters().calls["GET /cluster/resources"]?.requests ?? 0;

/** A world in which a request to Proxmox stays on its way until it is let go; `onWay` says how many are. */
function held(stage: Lab) {
  const waiting: (() => void)[] = [];
  const dial: World["dial"] = (target): Transport => {
    const send = stage.world.dial(target);
    return async (wire) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return send(wire);
    };
  };
  return {
    world: { ...stage.world, dial },
    onWay: () => waiting.length,
    letGo: () => waiting.splice(0).forEach((go) => go()),
  };
}

/** Lets everything happen that waits for nothing but itself. */
async function still() {
  for (let n = 0; n < 50; n++) await Promise.resolve();
}

const fresh = { fresh: true };

test("F7: callers who ask for a fresh list at once share one listing", async () => {
  const stage = await lab();
  const ask = async () =>
    List(Vm).parse((await stage.call({ spec: vms }, { query: { fresh: "true" } })).json);
  const lists = await Promise.all(Array.from({ length: 20 }, ask));
  expect(listings(stage)).toBe(1);
  expect(new Set(lists.map(({ items }) => items.length))).toEqual(new Set([24]));
});

test("F7: who asks while a listing is under way shares the next one, for the first may not show what was done since", async () => {
  const stage = await lab();
  const { world, onWay, letGo } = held(stage);
  const first = readAll(world, fresh);
  await still();
  expect(onWay()).toBe(1);
  await stage.clock.advance(1);
  const later = Array.from({ length: 20 }, () => readAll(world, fresh));
  const guest = find(world, "main", 110, true);
  await still();
  expect(onWay()).toBe(1);
  letGo();
  await first;
  Object.assign(stage.simulator.state.guests["110"] ?? {}, { status: "running" });
  await still();
  expect(onWay()).toBe(1);
  letGo();
  const seen = (await Promise.all(later)).map(
    ({ guests }) => guests.find(({ vmid }) => vmid === 110)?.status,
  );
  expect(new Set(seen)).toEqual(new Set(["running"]));
  expect((await guest).status).toBe("running");
  expect(listings(stage)).toBe(2);
});

test("F7: one after the other each gets a listing of its own, at the same instant too", async () => {
  const stage = await lab();
  for (const status of ["running", "stopped", "running"] as const) {
    Object.assign(stage.simulator.state.guests["110"] ?? {}, { status });
    const { guests } = await readAll(stage.world, fresh);
    expect(guests.find(({ vmid }) => vmid === 110)?.status).toBe(status);
  }
  expect(listings(stage)).toBe(3);
});

test("F7: a listing that fails fails for those who share it, and is not remembered", async () => {
  const stage = await lab();
  let away = true;
  const dial: World["dial"] = (target) => {
    const send = stage.world.dial(target);
    return (wire) => (away ? Promise.reject(new NoAnswer("connect ETIMEDOUT", false)) : send(wire));
  };
  const world = { ...stage.world, dial };
  const ask = () => readAll(world, fresh);
  const both = await stage.clock.until(Promise.all([ask(), ask()]));
  expect(both.map(({ partial }) => partial)).toEqual([true, true]);
  away = false;
  await stage.clock.advance(3_600_000);
  expect(await stage.clock.until(ask())).toMatchObject({ partial: false });
});
