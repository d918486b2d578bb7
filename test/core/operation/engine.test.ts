import { expect, test } from "vitest";
import { bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";

const post = { method: "POST", path: "/nodes/*/snapshot" };

test("a worker that waits for an answer holds up no other, and time goes on for all", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...post, vmid: 101, times: 1 }, do: "delay", milliseconds: 25_000 });
  const slow = await b.snapshots([101], { name: "slow" });
  await b.run(100);
  const quick = await b.snapshots([102, 103], { name: "quick" });
  await b.settle(quick, 1);
  expect(await b.item(slow)).toMatchObject({ state: "intent" });
  await b.settle(slow, 2);
});

test("a worker that takes longer than a minute is ended by Lambda, and its item goes on all the same", async () => {
  const b = await bench();
  b.broken.on((deed) => deed.port === "request" && deed.method === "POST", "after", { error: "hangs" });
  const id = await b.snapshots([101, 102]);
  await b.live(id);
  const items = await invariants(b, id);
  expect(items.map((item) => item.state)).toEqual(["succeeded", "succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(2);
});
