import * as fc from "fast-check";
import { expect, test } from "vitest";
import { pooled } from "../../../core/lib/pool.ts";
import { settle } from "../../kit/clock.ts";

test("answers are in the order of the input, and no more calls run at once than allowed", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(5), { maxLength: 20 }),
      fc.integer({ min: 0, max: 6 }),
      async (items, width) => {
        const seen = { running: 0, most: 0 };
        const results = await pooled(items, width, async (ticks) => {
          seen.running += 1;
          seen.most = Math.max(seen.most, seen.running);
          for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
          seen.running -= 1;
          return ticks;
        });
        expect(results).toEqual(items);
        expect(seen.most).toBeLessThanOrEqual(Math.max(1, width));
      },
    ),
  );
});

test("after an error no further call begins", async () => {
  const begun: number[] = [];
  const work = pooled([0, 1, 2, 3, 4, 5], 2, async (n) => {
    begun.push(n);
    await Promise.resolve();
    if (n === 1) throw new Error("stop");
  });
  await expect(work).rejects.toThrow("stop");
  await settle();
  expect(begun.length).toBeLessThanOrEqual(3);
});
