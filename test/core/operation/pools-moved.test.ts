import { expect, test } from "vitest";
import * as BackupsRoute from "../../../functions/api/bulk/backups.ts";
import { poll } from "../../../core/inventory/index.ts";
import { randomOf } from "../../../local/proxmox/random.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { Operation } from "../../kit/shape.ts";

/** Two guests of each of two nodes. */
function pairs(b: Bench) {
  const of = (node: string) =>
    Object.values(b.simulator.state.guests)
      .filter(
        (guest) => guest.node === node && guest.kind === "qemu" && !guest.config.template && !guest.lock,
      )
      .map(({ vmid }) => vmid)
      .slice(0, 2);
  return { first: of("pve1"), second: of("pve2") };
}

async function backups(b: Bench, vmids: readonly number[]): Promise<string> {
  const body = { select: { vmids }, storage: "backup" };
  const answer = await b.call(BackupsRoute, { body });
  expect(answer.status).toBe(202);
  return Operation.parse(answer.json).id;
}

const moveTo = (b: Bench, vmids: readonly number[], node: string) => {
  for (const vmid of vmids) Object.assign(b.simulator.state.guests[vmid] ?? {}, { node });
};

/** Where each backup ran, and from when to when. */
const runs = ({ simulator }: Bench) =>
  Object.values(simulator.state.tasks)
    .filter(({ type }) => type === "vzdump")
    .map(({ node, starttime, endtime = Infinity }) => ({ node, from: starttime, to: endtime }));

/** Backups of one node that ran at the same time. */
const overlaps = (b: Bench) =>
  runs(b).flatMap((one, at, all) =>
    all
      .slice(at + 1)
      .filter((other) => one.node === other.node && one.from < other.to && other.from < one.to),
  );

const oneEach = (vmids: readonly number[]) => ({
  states: ["succeeded"],
  made: new Map(vmids.map((vmid) => [vmid, 1])),
  overlaps: [],
});

/** What came of the guests' backups, once nothing is held any more. */
async function proven(b: Bench, id: string, vmids: readonly number[]) {
  const items = await invariants(b, id);
  const made = b.simulator.state.volumes.filter(({ notes }) => notes?.includes(`moxxie=${id}/`));
  return {
    states: [...new Set(items.map(({ state }) => state))],
    made: new Map(vmids.map((vmid) => [vmid, made.filter((one) => one.vmid === vmid).length])),
    overlaps: overlaps(b),
  };
}

test.each(["and is listed there already", "and nobody has noticed"])(
  "a guest that moved before its backup begins waits for the one that runs on its new node, %s",
  async (how) => {
    const b = await bench({ mode: "off" });
    const { first, second } = pairs(b);
    const vmids = [...first.slice(0, 1), ...second.slice(0, 1)];
    const id = await backups(b, vmids);
    moveTo(b, second, "pve1");
    if (how.includes("listed")) await b.clock.until(poll(b.world, "main"));
    await b.live(id);
    expect(runs(b).map(({ node }) => node)).toEqual(["pve1", "pve1"]);
    expect(await proven(b, id, vmids)).toEqual(oneEach(vmids));
  },
);

test("guests that change places wait for each other's node, and neither waits for ever", async () => {
  const b = await bench({ mode: "off" });
  const { first, second } = pairs(b);
  const vmids = [...first, ...second];
  const id = await backups(b, vmids);
  moveTo(b, first, "pve2");
  moveTo(b, second, "pve1");
  await b.live(id);
  expect(await proven(b, id, vmids)).toEqual(oneEach(vmids));
});

test("what a guest left behind on its old node is free for the others there while its backup runs", async () => {
  const b = await bench({ mode: "off" });
  const [goes = 0, stays = 0] = pairs(b).second;
  const id = await backups(b, [goes, stays]);
  moveTo(b, [goes], "pve3");
  await b.live(id);
  expect(await proven(b, id, [goes, stays])).toEqual(oneEach([goes, stays]));
  const [one, other] = runs(b).toSorted((a, c) => a.from - c.from);
  expect(new Set([one?.node, other?.node])).toEqual(new Set(["pve2", "pve3"]));
  expect(other?.from).toBeLessThan(one?.to ?? 0);
});

test("a worker that dies at any write of a guest that moved keeps no place of either node", async () => {
  for (let nth = 0; nth < 24; nth++)
    for (const when of ["before", "after"] as const) {
      const b = await bench({ mode: "off" });
      const { first, second } = pairs(b);
      const vmids = [...first.slice(0, 1), ...second];
      const id = await backups(b, vmids);
      moveTo(b, second.slice(0, 1), "pve1");
      let seen = 0;
      b.broken.on((deed) => deed.port === "write" && seen++ === nth, when);
      await b.live(id);
      expect(await proven(b, id, vmids)).toEqual(oneEach(vmids));
      const next = await backups(b, vmids);
      await b.live(next);
      expect(await proven(b, next, vmids)).toEqual(oneEach(vmids));
    }
});

test("guests that wander all the time are backed up once each, one at a time on every node", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const b = await bench({ mode: "off", seed });
    const random = randomOf({ random: seed });
    const all = Object.values(b.simulator.state.guests);
    const vmids = all
      .filter(({ kind, config }) => kind === "qemu" && !config.template)
      .map(({ vmid }) => vmid)
      .slice(0, 12);
    const halves = [vmids.slice(0, 6), vmids.slice(6)];
    const ids = await Promise.all(halves.map((half) => backups(b, half)));
    for (let round = 0; round < 60; round++) {
      const idle = vmids.filter((vmid) => !b.simulator.state.guests[vmid]?.lock);
      const goes = idle.filter(() => random.next() < 0.1);
      moveTo(b, goes, `pve${Math.ceil(random.between(0, 3))}`);
      if (random.next() < 0.3) await b.clock.until(poll(b.world, "main"));
      await b.run(random.between(2000, 10_000));
    }
    for (const id of ids) await b.live(id);
    for (const [index, half] of halves.entries())
      expect([seed, await proven(b, ids[index] ?? "", half)]).toEqual([seed, oneEach(half)]);
  }
});

test.each([1, 4])(
  "two guests that change places while they wait in line do not keep each other out (cap %i)",
  async (nodeCap) => {
    const b = await bench({ mode: "off", speed: 0.2 });
    Object.assign(b.world.settings, { nodeCap });
    const [a, o, x, y] = [101, 102, 103, 104] as const;
    const put = async (places: Readonly<Record<number, string>>) => {
      for (const [vmid, node] of Object.entries(places))
        Object.assign(b.simulator.state.guests[vmid] ?? {}, { node });
      await b.clock.until(poll(b.world, "main"));
    };
    await put({ [a]: "pve1", [o]: "pve2", [x]: "pve3", [y]: "pve3" });
    const body = { select: { vmids: [a, o] }, storage: "backup" };
    const long = Operation.parse((await b.call(BackupsRoute, { body })).json).id;
    await b.run(3000);
    const id = await b.snapshots([x, y], { name: "one" });
    await put({ [x]: "pve1", [y]: "pve2" });
    await b.run(20_000);
    await put({ [x]: "pve2", [y]: "pve1" });
    await b.run(60_000);
    await b.live(long, 600);
    await b.live(id, 120);
    expect((await invariants(b, id)).map(({ state }) => state)).toEqual(["succeeded", "succeeded"]);
  },
);
