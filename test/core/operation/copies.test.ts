import { expect, test } from "vitest";
import { bench } from "../../kit/bench.ts";

const MINUTE = 60_000;

test("copies of the messages of a request that nothing can be learnt of make no more and more of them", async () => {
  const b = await bench();
  b.broken.twice(
    () => true,
    () => 7,
  );
  b.simulator.faults.add({ match: { method: "POST", path: "/nodes/*/snapshot", times: 1 }, do: "cut-after" });
  const id = await b.snapshots([101]);
  await b.run(500);
  expect(await b.item(id)).toMatchObject({ state: "intent" });
  b.simulator.revokeToken(b.simulator.token.split("=")[0] ?? "");
  const sent = () => b.broken.deeds.filter((deed) => deed.port === "send" && deed.queue === "Item").length;
  await b.run(10 * MINUTE);
  const early = sent();
  await b.run(10 * MINUTE);
  expect(sent() - early).toBeLessThan(40);
});
