import { expect, test } from "vitest";
import { bench } from "../../kit/bench.ts";
import type { Deed } from "../../kit/breaking.ts";
import { invariants } from "../../kit/invariants.ts";

const writesHistory = (deed: Deed) =>
  deed.port === "write" && deed.changes.some(({ table }) => table === "History");

test.each([
  ["at once", 1, 1],
  ["from a plan", 60, 2],
])(
  "an operation that leaves every guest out ends, whenever the worker that writes it %s dies",
  async (_, guests, accepting) => {
    const vmids = Array.from({ length: guests }, (_unused, index) => 70_000 + index);
    for (const when of ["before", "after"] as const)
      for (let nth = 0; nth < 6; nth++) {
        const b = await bench();
        // The first writes are the acceptance itself: its plan, if it is long, and the operation.
        let seen = -accepting;
        b.broken.on((deed) => writesHistory(deed) && seen++ === nth, when);
        const id = await b.snapshots(vmids);
        await b.live(id);
        const items = await invariants(b, id);
        expect([...new Set(items.map((item) => item.state))]).toEqual(["skipped"]);
      }
  },
);
