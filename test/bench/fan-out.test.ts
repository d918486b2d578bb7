import { expect, test } from "vitest";
import { runPeers } from "../../bench/fan-out-peers.ts";
import { runAt } from "../../bench/fan-out-run.ts";

const FLEET = { nodes: 3, guests: 24 };

test("a run comes out the same again, to the unit and the millisecond", async () => {
  const first = await runAt({ ...FLEET, pace: "default" });
  expect(await runAt({ ...FLEET, pace: "default" })).toEqual(first);
  expect(first.lags).toHaveLength(FLEET.guests);
});

test("a run counts one request for each guest and the looks beside, and no node has more than its four tasks", async () => {
  const run = await runAt({ ...FLEET, pace: "thrifty" });
  expect(run.calls["POST /nodes/{node}/qemu/{vmid}/snapshot"]).toBe(FLEET.guests);
  expect(run.requests).toBe(Object.values(run.calls).reduce((sum, count) => sum + count, 0));
  expect(run.mostTasks).toBe(4);
});

test("the peers send what their source says: the original 1 listing, 2 requests a guest to choose and 4 to act", async () => {
  const peers = await runPeers({ ...FLEET, seed: 1 });
  const requests = new Map(peers.map((peer) => [peer.name, peer.requests]));
  expect(requests.get("original Moxxie")).toBe(1 + 6 * FLEET.guests);
  for (const { mostTasks, verifies } of peers.filter(({ name }) => name.includes("threads")))
    expect([mostTasks, verifies]).toEqual([4, true]);
});
