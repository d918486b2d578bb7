import { diceOf } from "./lib/dice.ts";
import { type Figure } from "./lib/figure.ts";
import { withDice } from "./lib/randomness.ts";
import { atMost } from "./fan-out-report.ts";
import { model, type Model } from "./model.ts";
import * as Inventory from "../functions/cron/inventory.ts";
import * as Sweep from "../functions/cron/sweep.ts";
import { restrict } from "../test/kit/restrict.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** How far a job has come when the outage begins. */
const BEFORE = 10 * SECOND;
const MINUTES = 10;
const MOST = 20;
const AWAY = "pve2";

interface Outage {
  readonly what: string;
  readonly begin: (stage: Model) => void;
  /** Which requests count: on the other nodes the job goes on. */
  readonly counts: (target: string) => boolean;
}

const OUTAGES: readonly Outage[] = [
  {
    what: "the token is refused (401)",
    begin: ({ simulator }) => simulator.revokeToken(simulator.token.split("=")[0] ?? ""),
    counts: () => true,
  },
  {
    what: "quorum is lost (beside the inventory)",
    begin: ({ simulator }) => simulator.setQuorum(false),
    counts: (target) => !isPoll(target),
  },
  {
    what: "a node of three is off the network (to that node)",
    begin: ({ simulator }) => simulator.setNode(AWAY, { online: false }),
    counts: (target) => target.startsWith(`/nodes/${AWAY}/`),
  },
];

/** The inventory's listing of every minute goes on while reads are answered. */
const isPoll = (target: string) => target.startsWith("/cluster/resources");

/** Ten minutes of an outage in the middle of a job for a hundred guests, with the timers that run in production. */
async function endure({ begin, counts }: Outage): Promise<number> {
  const stage = await model({ nodes: 3, guests: 100, seed: 1 });
  const timers = [Inventory, Sweep].map(({ timer }) =>
    timer((needs, effect) => restrict(stage.world, needs, effect)),
  );
  const { id } = await stage.snapshots("moxxie");
  await stage.run(BEFORE);
  const before = stage.targets.length;
  begin(stage);
  for (let minute = 0; minute < MINUTES; minute++) {
    await stage.run(MINUTE);
    const [poll, sweep] = timers;
    await stage.clock.until(Promise.resolve(poll?.()));
    if (minute % 5 === 4) await stage.clock.until(Promise.resolve(sweep?.()));
  }
  const failed = (await stage.items(id)).filter(({ state }) => state === "failed");
  if (failed.length > 0) throw new Error(`an outage failed ${failed.length} items: ${failed[0]?.reason}`);
  return stage.targets.slice(before).filter(counts).length;
}

/** P6: what each kind of outage costs the cluster in requests. */
export async function outages(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const outage of OUTAGES) {
    const requests = await withDice(diceOf(1), () => endure(outage));
    figures.push(atMost("P6", requests, MOST, `requests in ten minutes: ${outage.what}`));
  }
  return figures;
}
