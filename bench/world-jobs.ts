import { deepEqual } from "node:assert/strict";
import * as z from "zod";
import { RunRow } from "../core/job/runs-store.ts";
import * as CreateRoute from "../functions/api/jobs/create.ts";
import type { Delivery } from "../test/kit/cloud.ts";
import type { Dice } from "./lib/dice.ts";
import { diceFor } from "./world-hazards.ts";
import { insist } from "./world-insist.ts";
import type { Stage } from "./world-stage.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const Fired = z.object({ job: z.string(), scheduledAt: z.string() });

const nameOf = ({ job, scheduledAt }: z.infer<typeof Fired>) => `${job} ${Date.parse(scheduledAt)}`;
const byText = (a: string, b: string) => (a < b ? -1 : 1);

/** Firings that come twice and late, some of them too late. Keeps which schedules fired when. */
export function deliveries(dice: Dice) {
  const fired: z.infer<typeof Fired>[] = [];
  const underway = { count: 0 };
  const late = () => (dice.chance(0.9) ? dice.between(1, 900) * SECOND : dice.between(61, 90) * MINUTE);
  const bring = async (send: () => void, after: Promise<void>) => {
    underway.count += 1;
    await after;
    underway.count -= 1;
    send();
  };
  const deliver: Delivery = (input, send, clock) => {
    fired.push(Fired.parse(JSON.parse(input)));
    for (let copies = dice.chance(0.4) ? 2 : 1; copies > 0; copies--)
      void bring(send, clock.sleep(dice.chance(0.6) ? 0 : late()));
  };
  return { deliver, fired, underway };
}

/** What a job of each kind does. */
const WISHES = [
  (n: number) => ({ kind: "snapshot", params: { name: `j${n}-{vmid}-{time}` } }),
  () => ({ kind: "snapshot-cleanup", params: { match: "j*", olderThan: "3m" } }),
  () => ({ kind: "power", params: { action: "start" } }),
  () => ({ kind: "power", params: { action: "stop" } }),
  () => ({ kind: "tags", params: { add: ["nightly"] } }),
  () => ({ kind: "backup", params: { storage: "backup" } }),
] as const;

/** Jobs that fire every few minutes until all is well. */
export function jobs(world: Stage, length: number, mends: (() => void)[]) {
  const dice = diceFor(world.seed, "firing");
  const make = (n: number) => async () => {
    const guests = Object.values(world.simulator.state.guests).map(({ vmid }) => vmid);
    const wish = dice.one(WISHES)(n);
    const schedule = `*/${dice.between(2, 5)} * * * *`;
    const select = { vmids: dice.some(guests, dice.between(1, 4)) };
    world.tell(`job ${wish.kind} ${schedule} of ${select.vmids.join(" ")}`);
    await insist(world, CreateRoute, { body: { name: `fired ${n}`, ...wish, schedule, select } });
  };
  mends.push(() => {
    for (const { Name, GroupName } of world.schedules.list()) world.schedules.delete(Name, GroupName);
  });
  return Array.from({ length: dice.between(1, 3) }, (_, n) => ({
    at: dice.between(0, length / 2),
    happen: make(n),
  }));
}

/** Firings that no worker could handle and that wait for somebody to look at them. */
function deadOf({ queues }: Stage): Set<string> {
  const found = new Set<string>();
  for (let some = queues.receive("Dead", 10); some.length > 0; some = queues.receive("Dead", 10))
    for (const { body } of some) {
      const { data } = Fired.safeParse(JSON.parse(body));
      if (data) found.add(nameOf(data));
    }
  return found;
}

/** Each firing of a job has its run, which says what came of it, and each operation of a job its run. */
export function checkFirings(world: Stage): void {
  const rows = world.store.dump().map(({ row }) => row);
  const known = new Set(rows.flatMap(({ pk, sk }) => (pk === "job" ? [sk] : [])));
  const runs = rows.filter(({ sk }) => sk.startsWith("run#")).map((row) => RunRow.parse(row));
  const told = new Set(runs.map(nameOf));
  const dead = deadOf(world);
  const due = new Set(world.fired.filter(({ job }) => known.has(job)).map(nameOf));
  const lost = [...due].filter((one) => !told.has(one) && !dead.has(one));
  deepEqual(lost, [], "I10: firings without a run");
  const made = runs.flatMap(({ operation }) => operation ?? []);
  const own = rows.filter(({ sk, jobId }) => sk === "operation" && typeof jobId === "string");
  deepEqual(
    own.map(({ id }) => String(id)).toSorted(byText),
    made.toSorted(byText),
    "I11: operations of jobs that are not the one of their run",
  );
}
