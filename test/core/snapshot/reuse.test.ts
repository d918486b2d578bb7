import { expect, test } from "vitest";
import * as DeleteAll from "../../../functions/api/bulk/snapshots/delete.ts";
import * as RollBackAll from "../../../functions/api/bulk/snapshots/rollback.ts";
import * as Create from "../../../functions/api/vms/snapshots/create.ts";
import * as Delete from "../../../functions/api/vms/snapshots/delete.ts";
import * as RollBack from "../../../functions/api/vms/snapshots/rollback.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { carriedOut, writesTo } from "../../kit/proof.ts";

const guest = { cluster: "main", vmid: 102 };
const path = { ...guest, name: "one" };

async function withSnapshot(): Promise<Lab> {
  const stage = await lab();
  await carriedOut(stage, await stage.call(Create, { path: guest, body: { name: "one" } }));
  await stage.clock.advance(600_000);
  stage.simulator.resetCounters();
  return stage;
}

/** While the operation waits, the guest is deleted, its VMID goes to another one, and that gets a snapshot of the same name. */
function reuse(stage: Lab): void {
  const old = stage.simulator.state.guests[102];
  if (!old) throw new Error("there is no guest 102");
  const snaptime = Math.floor(stage.clock.now().getTime() / 1000) + 300;
  stage.simulator.state.guests[102] = {
    ...old,
    snapshots: { one: { config: {}, snaptime, description: "of another guest" } },
    parent: "one",
  };
}

const CASES: readonly [string, (stage: Lab) => ReturnType<Lab["call"]>][] = [
  ["a deletion", (stage) => stage.call(Delete, { path })],
  ["a rollback", (stage) => stage.call(RollBack, { path, body: {} })],
  [
    "a deletion in bulk",
    (stage) => stage.call(DeleteAll, { body: { select: { vmids: [102] }, match: "one" } }),
  ],
  [
    "a rollback in bulk",
    (stage) => stage.call(RollBackAll, { body: { select: { vmids: [102] }, name: "one" } }),
  ],
];

test.for(CASES)("%s that was planned for another guest of that VMID does nothing", async ([, begin]) => {
  const stage = await withSnapshot();
  const answer = await begin(stage);
  reuse(stage);
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "skipped", error: { code: "snapshot.changed" } }]);
  expect(writesTo(stage)).toEqual({});
  expect(Object.keys(stage.simulator.state.guests[102]?.snapshots ?? {})).toEqual(["one"]);
});

test("a rollback of more guests than a plan looks at leaves snapshots alone that were taken after it was asked for", async () => {
  const stage = await lab({ guests: 150 });
  const select = { all: true };
  const answer = await stage.call(RollBackAll, { body: { select, name: "one" } });
  for (const one of Object.values(stage.simulator.state.guests)) {
    const snaptime = Math.floor(stage.clock.now().getTime() / 1000) + 300;
    one.snapshots["one"] = { config: {}, snaptime, description: "later" };
  }
  const { items } = await carriedOut(stage, answer);
  const codes = new Set(items.map(({ error }) => error?.code ?? null));
  expect(codes).toContain("snapshot.changed");
  expect(codes).not.toContain(null);
  expect(writesTo(stage)).toEqual({});
});
