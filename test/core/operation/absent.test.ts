import { expect, test } from "vitest";
import { register } from "../../../core/cluster/index.ts";
import { systemCaller } from "../../../core/context.ts";
import { spec as power } from "../../../functions/api/bulk/power.ts";
import { spec as snapshots } from "../../../functions/api/bulk/snapshots.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { lab } from "../../kit/lab.ts";
import { Plan } from "../../kit/shape.ts";

const MANY = 10_000;
const LISTING = "GET /cluster/resources";

const listings = ({ simulator }: Pick<Bench, "simulator">) =>
  simulator.counters().calls[LISTING]?.requests ?? 0;

test("F7: 10 000 VMIDs that are not there cost one listing, one message and a write for each hundred", async () => {
  const b = await bench();
  const id = await b.snapshots(Array.from({ length: MANY }, (_, n) => 70_000 + n));
  await b.live(id);
  const items = await b.items(id);
  expect(items.length).toBe(MANY);
  expect(new Set(items.map(({ state, error }) => `${state} ${error?.code}`))).toEqual(
    new Set(["skipped vm.missing"]),
  );
  const count = (port: string) => b.broken.deeds.filter((deed) => deed.port === port).length;
  expect(b.simulator.counters().total.requests).toBe(1);
  expect(listings(b)).toBe(1);
  expect(count("send")).toBe(1);
  expect(count("write")).toBeLessThanOrEqual(MANY / 100 + 20);
});

test("F7: what is left out stands behind what is done, and every one of them has its item", async () => {
  const b = await bench();
  const named = Array.from({ length: 250 }, (_, n) => 70_000 + n);
  const id = await b.snapshots([102, ...named, 108]);
  await b.live(id);
  const items = await b.items(id);
  expect(items.map(({ n }) => n)).toEqual(items.map((_, n) => n));
  expect(items.slice(0, 2).map(({ vm, state }) => `${vm.vmid} ${state}`)).toEqual([
    "102 succeeded",
    "108 succeeded",
  ]);
  expect(items.slice(2).map(({ vm }) => vm.vmid)).toEqual(named);
  expect(items.slice(2).every(({ error }) => error?.code === "vm.missing")).toBe(true);
});

test("F7: a guest that was made a moment ago is meant by its VMID, though no listing has shown it yet", async () => {
  const b = await bench();
  const { guests } = b.simulator.state;
  const like = guests["110"];
  if (!like) throw new Error("there is no guest 110");
  guests["777"] = { ...structuredClone(like), vmid: 777 };
  const id = await b.snapshots([777, 778]);
  await b.live(id);
  const items = await b.items(id);
  expect(items.map(({ vm, state }) => `${vm.id} ${state}`)).toEqual(["main/777 succeeded", "*/778 skipped"]);
});

test("F7: guests that the inventory knows cost no listing, however often they are named", async () => {
  const stage = await lab();
  for (let n = 0; n < 3; n++)
    await stage.call(
      { spec: snapshots },
      { query: { dryRun: "true" }, body: { select: { vmids: [102, 104] } } },
    );
  expect(listings(stage)).toBe(0);
});

/** What is planned for guests that the inventory does not know. */
async function planned(stage: Awaited<ReturnType<typeof lab>>, select: Record<string, unknown>) {
  const body = { select, action: "start" };
  const { json } = await stage.call({ spec: power }, { query: { dryRun: "true", limit: "200" }, body });
  const { items } = Plan.parse(json);
  return items
    .filter(({ code }) => code !== "selector.left-out")
    .map(({ vm, code, because }) => ({ id: vm?.id, code, because }));
}

test("F7: while a cluster does not answer nobody says that a guest is not there", async () => {
  const stage = await lab();
  const far = { id: "far", name: "far", endpoints: ["https://far.test:8006"], fingerprints: [] };
  await register({ ...stage.world, ...systemCaller("test", "req_test") }, far);
  expect(await planned(stage, { vmids: [777], clusters: ["main"] })).toMatchObject([
    { id: "main/777", code: "vm.missing", because: "there is no guest main/777" },
  ]);
  await stage.clock.advance(1000);
  stage.simulator.faults.add({ match: { path: "/cluster/resources" }, do: "cut-before" });
  expect(await planned(stage, { vmids: [777], clusters: ["main"] })).toMatchObject([
    {
      id: "main/777",
      code: "vm.unknown",
      because:
        "nobody can tell whether there is a guest main/777 while cluster main does not show all guests",
    },
  ]);
});

test("F7: a token that suddenly sees nothing does not make guests that are named missing", async () => {
  const stage = await lab();
  stage.simulator.state.guests = {};
  expect(await planned(stage, { vmids: [777] })).toMatchObject([{ id: "*/777", code: "vm.unknown" }]);
});
