import { expect, test } from "vitest";
import { bench } from "../../kit/bench.ts";
import { create, ended } from "./births.ts";

test("a new guest that somebody else was faster to start is started, and not told as degraded", async () => {
  const b = await bench({ mode: "off" });
  const match = { method: "POST", path: "/nodes/*/status/start", times: 1 };
  b.simulator.faults.add({ match, do: "answer", status: 500, reason: "VM 100 already running" });
  const item = await ended(b, await create(b, { start: true }));
  expect(item).toMatchObject({ state: "succeeded", result: { vmid: 100 }, warnings: [] });
});
