import { expect, test } from "vitest";
import { poll } from "../../../core/inventory/index.ts";
import * as Snapshot from "../../../core/snapshot/index.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { writesState } from "../../kit/breaking.ts";
import { invariants } from "../../kit/invariants.ts";

/** A snapshot of guest 101 that has expired, and the operation that is to delete it. */
async function expired(spoil: (b: Bench) => void = () => undefined): Promise<{ b: Bench; id: string }> {
  const b = await bench();
  await b.live(await b.snapshots([101], { ttl: "10m" }));
  await b.run(600_000);
  b.simulator.resetCounters();
  spoil(b);
  await b.clock.until(Snapshot.expire(b.broken.world));
  const [newest] = await b.store.query({
    table: "History",
    index: "byTime",
    pk: "operation",
    reverse: true,
    limit: 1,
  });
  return { b, id: newest?.sk === "operation" ? newest.pk.slice("op#".length) : "" };
}

const left = (b: Bench) => Object.keys(b.simulator.dump().guests[101]?.snapshots ?? {}).length;

const del = { method: "DELETE", path: "/nodes/*/snapshot/*", times: 1 };

test("an expired snapshot is deleted", async () => {
  const { b, id } = await expired();
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded" }]);
  expect(left(b)).toBe(0);
});

test.each(["cut-before", "cut-after"] as const)(
  "a deletion whose answer is lost (%s) is told as what it became, and not as half done while it runs",
  async (fault) => {
    const { b, id } = await expired((lab) => lab.simulator.faults.add({ match: del, do: fault }));
    await b.live(id);
    expect(await invariants(b, id)).toMatchObject([{ state: "succeeded" }]);
    expect(left(b)).toBe(0);
    expect(b.requests("DELETE", "/{snapname}")).toBe(fault === "cut-after" ? 1 : 2);
  },
);

test("a worker that dies with nothing left to delete leaves no item without an end", async () => {
  const { b, id } = await expired((lab) => {
    Object.assign(lab.simulator.state.guests["101"] ?? {}, { snapshots: {} });
    lab.broken.on(writesState("skipped"), "before");
  });
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "skipped", error: { code: "snapshot.missing" } }]);
  expect(b.requests("DELETE", "/{snapname}")).toBe(0);
});

test("a look at the snapshot that fails is repeated", async () => {
  const { b, id } = await expired((lab) =>
    lab.simulator.faults.add({
      match: { method: "GET", path: "/nodes/*/snapshot", times: 3 },
      do: "answer",
      status: 596,
      reason: "Connection timed out",
    }),
  );
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded" }]);
});

test("a guest that is not to be seen keeps its entry: the token may see it again", async () => {
  const { b, id } = await expired((lab) => {
    delete lab.simulator.state.guests[101];
  });
  await b.live(id);
  const guest = await b.store.query({ table: "State", pk: "expiry#main" });
  expect(guest).toHaveLength(1);
});

test("the entry of a guest that is not listed any more is forgotten after a week, not at once", async () => {
  const { b } = await expired((lab) => {
    delete lab.simulator.state.guests[101];
  });
  await b.clock.until(poll(b.world, "main"));
  const entries = () => b.store.query({ table: "State", pk: "expiry#main" });
  await b.run(2 * 3_600_000);
  await b.clock.until(Snapshot.expire(b.world));
  expect(await entries()).toHaveLength(1);
  await b.clock.advance(8 * 86_400_000);
  await b.clock.until(Snapshot.expire(b.world));
  expect(await entries()).toHaveLength(0);
});

test("F52: a snapshot that is half deleted is reported, and nothing of that guest is deleted", async () => {
  const { b, id } = await expired((lab) => {
    for (const snapshot of Object.values(lab.simulator.state.guests[101]?.snapshots ?? {}))
      snapshot.snapstate = "delete";
  });
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "skipped", error: { code: "snapshot.broken" } }]);
  expect(b.requests("DELETE", "/{snapname}")).toBe(0);
});
