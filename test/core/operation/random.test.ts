import { expect, test } from "vitest";
import { LostRace } from "../../../core/db/index.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import type { Deed } from "../../kit/breaking.ts";
import { invariants } from "../../kit/invariants.ts";

const SEEDS = Array.from({ length: Number(process.env["SEEDS"] ?? 40) }, (_, index) => index + 1);
const GUESTS = [101, 102, 104, 105, 107, 108, 109, 110, 201, 202, 203];

/** Numbers from 0 to 1 that are the same for the same seed. */
function dice(seed: number) {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
type Roll = ReturnType<typeof dice>;

const one = <T>(roll: Roll, values: readonly T[]) => values[Math.floor(roll() * values.length)];

/** What may happen to the request for one guest. */
function spoilRequest({ simulator: { faults } }: Bench, vmid: number, roll: Roll) {
  const match = { method: "POST", path: "/nodes/*/snapshot", vmid, times: 1 + Math.floor(roll() * 2) };
  const kind = Math.floor(roll() * 6);
  if (kind === 0) faults.add({ match, do: "cut-before" });
  if (kind === 1) faults.add({ match, do: "cut-after" });
  if (kind === 2) faults.add({ match, do: "delay", milliseconds: 25_000 });
  const text = "got no worker upid - start worker failed";
  if (kind === 3) faults.add({ match, do: "answer", status: 500, reason: text });
  const lock = "can't lock file '/var/log/pve/tasks/.active.lock' - got timeout";
  if (kind === 4) faults.add({ match, do: "answer", status: 500, reason: lock, after: true });
  if (kind === 5)
    faults.add({ match, do: "answer", status: 596, reason: "Connection timed out", after: true });
}

/** What may happen to one guest. */
function spoilGuest({ simulator: { state }, clock }: Bench, vmid: number, roll: Roll) {
  const guest = state.guests[vmid];
  if (!guest) return;
  const kind = Math.floor(roll() * 3);
  if (kind === 0) delete state.guests[vmid];
  if (kind === 1) guest.node = one(roll, ["pve1", "pve2", "pve3"]) ?? "pve1";
  if (kind !== 2) return;
  guest.lock = "backup";
  void clock.sleep(roll() * 300_000).then(() => delete guest.lock);
}

/** Workers that die, messages that come twice, writes whose answer gets lost. */
function spoilMachine(b: Bench, roll: Roll) {
  // A request of the API that fails is repeated by its caller; here the workers are spoilt.
  for (let death = 0; death < 4; death++) {
    const nth = Math.floor(roll() * 300);
    let seen = 0;
    b.broken.on(() => seen++ === nth, roll() < 0.5 ? "before" : "after");
  }
  const update = (deed: Deed) =>
    deed.port === "write" && deed.changes.length === 1 && deed.changes.some((change) => "update" in change);
  for (let lost = 0; lost < 2; lost++) {
    const nth = Math.floor(roll() * 30);
    let seen = 0;
    const error = new LostRace(0, undefined);
    b.broken.on((deed) => update(deed) && seen++ === nth, "after", { error });
  }
  b.broken.twice(
    () => roll() < 0.15,
    () => Math.floor(roll() * 60),
  );
}

test.each(SEEDS)("random world %i: nothing is lost, doubled or told wrongly", async (seed) => {
  const roll = dice(seed);
  const b = await bench({ seed });
  for (const vmid of GUESTS) {
    if (roll() < 0.4) spoilRequest(b, vmid, roll);
    if (roll() < 0.25) spoilGuest(b, vmid, roll);
  }
  const get = { method: "GET", path: "/nodes/*", nth: 1 + Math.floor(roll() * 20), times: 3 };
  b.simulator.faults.add({ match: get, do: "answer", status: 599, reason: "Too many redirections" });
  const limits = roll() < 0.3 ? { maxConcurrency: 1 + Math.floor(roll() * 3) } : {};
  const first = await b.snapshots(GUESTS, { name: "one-{vmid}", ...limits });
  const second = await b.snapshots(GUESTS.slice(0, 4), { name: "two-{vmid}" });
  spoilMachine(b, roll);
  await b.live(first, 180);
  await b.live(second, 180);
  for (const id of [first, second]) {
    const items = await invariants(b, id);
    const failed = items.filter((item) => item.state === "failed" && item.error?.code !== "vm.missing");
    expect(failed.map((item) => `${item.vm.id}: ${item.reason}`)).toEqual([]);
  }
});
