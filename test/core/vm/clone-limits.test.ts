import { expect, test } from "vitest";
import { bench, type Bench } from "../../kit/bench.ts";
import type { Deed } from "../../kit/breaking.ts";
import { fail, held, running } from "../../kit/task.ts";
import { checked, clone } from "./clones.ts";

const TEMPLATE = 9000;
const TIMEOUT = "clone failed: cfs-lock 'storage-nfs' error: got lock request timeout";

const isOver = async (b: Bench, ids: readonly string[]) => {
  const rows = await Promise.all(
    ids.map((id) => b.store.get("History", { pk: `op#${id}`, sk: "operation" })),
  );
  return rows.every((row) => row?.["state"] !== "open");
};

/** Runs the clones to their end; `spoil` is asked of each task that runs. Gives the most that ran at once. */
async function toTheEnd(b: Bench, ids: readonly string[], spoil: (upid: string) => boolean = () => false) {
  let most = 0;
  for (let seconds = 0; seconds < 3600; seconds++) {
    if (await isOver(b, ids)) {
      await b.run(300_000);
      await b.sweep();
      await b.run(300_000);
      return most;
    }
    most = Math.max(most, running(b, "clone").length);
    for (const { upid } of running(b, "clone").filter((task) => spoil(task.upid)))
      await fail(b, upid, TIMEOUT);
    await b.run(1000);
  }
  throw new Error("the clones have not ended after an hour");
}

test("F24: ten clones onto a storage whose lock times out again and again are all made, two at a time", async () => {
  const b = await bench({ mode: "off" });
  const sources = [102, 104, 107, 110, TEMPLATE];
  const ids: string[] = [];
  for (const vmid of [...sources, ...sources]) ids.push(await clone(b, vmid, { full: true, storage: "nfs" }));
  let seen = 0;
  const most = await toTheEnd(b, ids, () => ++seen <= 8 && seen % 2 === 0);
  const ends = Object.values(b.simulator.state.tasks).filter(({ exitstatus }) => exitstatus === TIMEOUT);
  expect(ends).toHaveLength(4);
  expect(most).toBe(2);
  for (const id of ids) expect(await checked(b, id)).toMatchObject({ state: "succeeded" });
});

test("F24: a lock that times out before the answer is waited for as well", async () => {
  const b = await bench();
  const match = { method: "POST", path: "/nodes/*/clone", times: 3 };
  const reason = "cfs-lock 'storage-nfs' error: got lock request timeout";
  b.simulator.faults.add({ match, do: "answer", status: 500, reason });
  const id = await clone(b, TEMPLATE);
  await b.live(id);
  expect(await checked(b, id)).toMatchObject({ state: "succeeded" });
  expect(b.requests("POST", "/clone")).toBe(4);
});

test("a source that a backup holds is waited for, and copied afterwards", async () => {
  const b = await bench();
  const backup = held(b, 110);
  const id = await clone(b, 110);
  await b.run(600_000);
  expect((await b.item(id)).blockedAt).not.toBe(null);
  backup.release();
  await b.live(id);
  expect(await checked(b, id)).toMatchObject({ state: "succeeded" });
});

const DEEDS = [
  ["write", (deed: Deed) => deed.port === "write"],
  ["message", (deed: Deed) => deed.port === "send"],
  ["request", (deed: Deed) => deed.port === "request"],
] as const;

test.each(DEEDS)(
  "a worker that dies at any %s of two clones' lives leaves two guests, no VMID kept and no place of a pool taken",
  async (_, is) => {
    const both = async (b: Bench) => [await clone(b, 110), await clone(b, 110)];
    const rehearsal = await bench();
    const before = rehearsal.broken.deeds.length;
    await toTheEnd(rehearsal, await both(rehearsal));
    const deeds = rehearsal.broken.deeds.slice(before).filter(is).length;
    for (let nth = 0; nth < deeds; nth++) {
      for (const when of ["before", "after"] as const) {
        const b = await bench();
        const ids = await both(b);
        let seen = 0;
        b.broken.on((deed) => is(deed) && seen++ === nth, when);
        await b.live(ids[0] ?? "");
        await b.live(ids[1] ?? "");
        for (const id of ids)
          expect([nth, when, await checked(b, id)]).toMatchObject([nth, when, { state: "succeeded" }]);
      }
    }
  },
);
