import { expect, test } from "vitest";
import { describe } from "../../../core/snapshot/description.ts";
import { due, expiryChange } from "../../../core/snapshot/expiry.ts";
import { expire } from "../../../core/snapshot/index.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { auditOf } from "../../kit/proof.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Gives a guest snapshots whose time has passed, each remembered as due at these minutes before now. */
async function overdue(stage: Lab, vmid: number, names: readonly string[], minutes: readonly number[]) {
  const now = stage.clock.now().getTime();
  const guest = stage.simulator.state.guests[vmid];
  for (const [index, name] of names.entries()) {
    const description = describe("", { expiresAt: new Date(now - HOUR) });
    if (guest) guest.snapshots[name] = { config: {}, snaptime: now / 1000 - 9000 + index, description };
    for (const before of minutes) {
      const at = new Date(now - before * MINUTE);
      await stage.store.write([expiryChange({ cluster: "main", vmid }, name, at)]);
    }
  }
}

const left = (stage: Lab, vmid: number) => Object.keys(stage.simulator.state.guests[vmid]?.snapshots ?? {});

/** All operations have ended, and everything that was held is free. */
async function expectAllOver(stage: Lab) {
  const rows = await stage.store.query({ table: "History", pk: "operation", index: "byTime" });
  expect(rows.map((row) => row["state"])).toEqual(["succeeded"]);
  const nodes = await stage.store.query({ table: "Runtime", pk: "node#main" });
  expect(nodes.flatMap((row) => row["running"])).toEqual([]);
}

test("B1: two expiry rows of one snapshot: it goes, the item ends and both rows are forgotten", async () => {
  const stage = await lab();
  await overdue(stage, 102, ["short"], [70, 60]);
  await stage.clock.until(expire(stage.world));
  await stage.run(30 * MINUTE);
  expect(left(stage, 102)).toEqual([]);
  await expectAllOver(stage);
  await stage.clock.advance(9 * HOUR);
  expect(await due(stage.world, "main", 9)).toEqual([]);
});

test("B1: 105 expired snapshots of one guest in one tick: all go, and the item ends", async () => {
  const stage = await lab();
  const names = Array.from({ length: 105 }, (_, n) => `short-${n}`);
  await overdue(stage, 102, names, [60]);
  await stage.clock.until(expire(stage.world));
  await stage.run(3 * HOUR);
  expect(left(stage, 102)).toEqual([]);
  await expectAllOver(stage);
  const [end] = await auditOf(stage, { target: "main/102" });
  expect(end).toMatchObject({ action: "snapshot.delete", outcome: "succeeded" });
  await stage.clock.advance(9 * HOUR);
  expect(await due(stage.world, "main", 9)).toEqual([]);
});

test("B15: guests that were deleted since the listing are no failed search, and no warning", async () => {
  const stage = await lab();
  for (const vmid of [101, 102, 103, 104, 105])
    Reflect.deleteProperty(stage.simulator.state.guests, String(vmid));
  await stage.clock.until(expire(stage.world));
  expect(stage.lines.filter((line) => line.includes("no search"))).toEqual([]);
});
