import { expect, test } from "vitest";
import { spec } from "../../../functions/api/health.ts";
import { lab } from "../../kit/lab.ts";

test("200: without a key, and without asking anything", async () => {
  const stage = await lab();
  const answer = await stage.call({ spec }, { key: null });
  const time = stage.clock.now().toISOString();
  expect(answer).toMatchObject({ status: 200, json: { status: "ok", version: "test", time } });
  expect(stage.simulator.counters().total.requests).toBe(0);
});
