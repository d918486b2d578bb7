import { expect, test } from "vitest";
import { systemClock } from "../../../core/lib/clock.ts";

test("the system clock does not run backwards over a sleep", async () => {
  const before = systemClock.now();
  await systemClock.sleep(1);
  expect(systemClock.now().getTime()).toBeGreaterThanOrEqual(before.getTime());
});
