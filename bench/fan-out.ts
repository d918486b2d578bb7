import { report, say, type Figure } from "./lib/figure.ts";
import { outages } from "./fan-out-outage.ts";
import { runPeers, type PeerRun } from "./fan-out-peers.ts";
import { atLeast, atMost, everyRun, shown, table } from "./fan-out-report.ts";
import { runAt, type Run } from "./fan-out-run.ts";
import { singles } from "./fan-out-single.ts";
import { STRATEGIES, runStrategies } from "./fan-out-strategies.ts";

const SMALL = { nodes: 3, guests: 1000 };
const LARGE = { nodes: 12, guests: 5000 };
const NODE_CAP = 4;
/** Seconds: the mean of a lognormal of median 3 s and sigma 0.6. */
const MEAN = 3 * Math.exp(0.6 ** 2 / 2);

/** P1 and P2: what the cheapest pace costs Proxmox, beside the original. */
function economy(run: Run, original: PeerRun | undefined): Figure[] {
  const ratio = (original?.requests ?? 0) / run.requests;
  return [
    atMost(
      "P1",
      (run.requests - 1) / run.guests,
      1.35,
      "requests per guest beside one listing, pace thrifty",
    ),
    atLeast("P1", ratio, 4.4, "times fewer requests than the original, which looks at no task"),
    atMost("P2", run.bytes / run.guests, 1000, "bytes from Proxmox per guest, pace thrifty"),
  ];
}

/** P3: how near to the ceiling the fastest pace comes. */
function speed(run: Run): Figure[] {
  const rate = run.guests / run.minutes;
  const ceiling = (60 * LARGE.nodes * NODE_CAP) / MEAN;
  return [
    atLeast("P3", rate, 500, `verified guests a minute of a ceiling of ${ceiling.toFixed(0)}, pace default`),
    atLeast("P3", (100 * rate) / ceiling, 80, "% of the ceiling, pace default"),
    atMost("P3", run.requests / run.guests, 1.6, "requests per guest, pace default"),
  ];
}

function peerTable(own: readonly (readonly [string, Run])[], peers: readonly PeerRun[]): string {
  const [first] = own;
  const base = first?.[1];
  if (!base) throw new Error("nothing to compare with");
  const row = (
    name: string,
    run: Pick<Run, "minutes" | "requests" | "bytes" | "mostTasks">,
    verifies: boolean,
  ) => [
    name,
    shown(run.minutes),
    shown(run.minutes / base.minutes),
    shown(run.requests / SMALL.guests),
    shown(run.requests / base.requests),
    shown(run.bytes / SMALL.guests / 1000, 1),
    String(run.mostTasks),
    verifies ? "yes" : "no",
  ];
  return table([
    ["", "minutes", "ratio", "requests/guest", "ratio", "kB/guest", "tasks at once", "knows the result"],
    ...own.map(([name, run]) => row(name, run, true)),
    ...peers.map((run) => row(run.name, run, run.verifies)),
  ]);
}

/** Fan-out over a fleet, by the published model: P1 to P6 and P11 to P13. */
export async function run(): Promise<void> {
  const thrifty = await runAt({ ...SMALL, pace: "thrifty" });
  const quick = await runAt({ ...SMALL, pace: "default" });
  const peers = await runPeers({ ...SMALL, seed: 1 });
  const large = await runAt({ ...LARGE, pace: "default" });
  const original = peers.find(({ name }) => name.startsWith("original"));
  report([
    ...economy(thrifty, original),
    ...speed(large),
    ...everyRun(thrifty, "thrifty"),
    ...everyRun(large, "default"),
    ...(await singles()),
    ...(await outages()),
  ]);
  say(
    `\nP4: snapshots of ${SMALL.guests} guests on ${SMALL.nodes} nodes, one operation or one run of each tool`,
  );
  say(
    peerTable(
      [
        ["ours, thrifty", thrifty],
        ["ours, default", quick],
      ],
      peers,
    ),
  );
  say(`\nHow each tool goes about it:`);
  for (const { name, pattern } of peers) say(`  ${name}: ${pattern}`);
  say(`\nP3: polling strategies, ${STRATEGIES} guests on ${LARGE.nodes} nodes`);
  say(await runStrategies(LARGE.nodes, MEAN));
}
