import { expect, test } from "vitest";
import * as SnapshotsRoute from "../../../functions/api/bulk/snapshots.ts";
import * as ListRoute from "../../../functions/api/operations/list.ts";
import type { Deed } from "../../kit/breaking.ts";
import { bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { List, Operation as Shape } from "../../kit/shape.ts";

const states = (items: readonly { state: string }[]) => [...new Set(items.map((item) => item.state))];

const able = (b: Awaited<ReturnType<typeof bench>>) =>
  Object.values(b.simulator.state.guests)
    .filter((guest) => guest.config.template !== "1" && !guest.config.name?.startsWith("raw"))
    .map((guest) => guest.vmid);

/** Write units of DynamoDB: a change in a transaction costs two. */
const units = (deeds: readonly Deed[]) =>
  deeds.reduce((total, deed) => {
    const size = deed.port === "write" ? deed.changes.length : 0;
    return total + (size > 1 ? 2 * size : size);
  }, 0);

const messages = (deeds: readonly Deed[]) =>
  deeds.reduce((total, deed) => total + (deed.port === "send" ? deed.bodies.length : 0), 0);

test("a large operation settles at a price per guest that stays in bounds", async () => {
  const b = await bench({ guests: 500 });
  const vmids = able(b);
  const id = await b.snapshots(vmids);
  await b.settle(id);
  const price = {
    requests: b.simulator.counters().total.requests / vmids.length,
    units: units(b.broken.deeds) / vmids.length,
    messages: messages(b.broken.deeds) / vmids.length,
  };
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(price.requests).toBeLessThanOrEqual(1.65);
  expect(price.units).toBeLessThanOrEqual(16);
  expect(price.messages).toBeLessThanOrEqual(1.65);
});

const expanding = (deed: Deed) =>
  deed.port === "write" &&
  deed.changes.some((change) => "update" in change && change.set?.["cursor"] !== undefined);

test.each([0, 1, 2])(
  "a large operation whose expansion dies at step %i goes on from there, and no item is made twice",
  async (nth) => {
    for (const when of ["before", "after"] as const) {
      const b = await bench({ guests: 120 });
      let seen = 0;
      b.broken.on((deed) => expanding(deed) && seen++ === nth, when);
      const vmids = able(b).slice(0, 70);
      const id = await b.snapshots(vmids);
      await b.live(id);
      expect(states(await invariants(b, id))).toEqual(["succeeded"]);
      expect(b.requests("POST", "/snapshot")).toBe(vmids.length);
    }
  },
);

/** A selector that is many bytes long and means the guests of one node. */
const wordy = (nodes: number) => ({
  nodes: ["pve1", ...Array.from({ length: nodes }, (_, n) => `no-node-${n}`.padEnd(250, "x"))],
});

test("400: an input that no row of DynamoDB would hold is refused, not kept", async () => {
  const b = await bench();
  const select = [wordy(700), wordy(700)];
  const answer = await b.call(SnapshotsRoute, { body: { select } });
  expect(answer).toMatchObject({ status: 400, json: { code: "request.invalid" } });
});

test("a list of operations with very long inputs goes on at the next page, each fits an answer of a Lambda", async () => {
  const b = await bench();
  const ids: string[] = [];
  for (let n = 0; n < 30; n++) {
    const body = { select: wordy(900), name: `s${n}-{vmid}` };
    ids.push(Shape.parse((await b.call(SnapshotsRoute, { body })).json).id);
  }
  const found: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const answer = await b.call(ListRoute, { query: { limit: "200", ...(cursor === "" ? {} : { cursor }) } });
    expect(answer.body.length).toBeLessThan(6_000_000);
    const page = List(Shape).parse(answer.json);
    found.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  expect(found.toSorted()).toEqual(ids.toSorted());
});
