import { expect, test } from "vitest";
import * as Bulk from "../../../functions/api/bulk/snapshots.ts";
import * as Operations from "../../../functions/api/operations/list.ts";
import * as Snapshots from "../../../functions/api/vms/snapshots/list.ts";
import { timer } from "../../../functions/cron/expire.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { auditOf, carriedOut, writesTo } from "../../kit/proof.ts";
import { restrict } from "../../kit/restrict.ts";
import { List, Operation } from "../../kit/shape.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DELETE = "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}";

async function take(stage: Lab, vmids: readonly number[], name: string, ttl?: string) {
  await carriedOut(stage, await stage.call(Bulk, { body: { select: { vmids }, name, ttl } }));
}

/** The timer goes off, with the rights that infra gives it, and what it began runs to its end. */
async function sweep(stage: Lab) {
  const tick = timer((needs, effect) => restrict(stage.world, needs, effect));
  await stage.clock.until(tick());
  await stage.run(5 * MINUTE);
}

const names = (stage: Lab, vmid: number) => Object.keys(stage.simulator.state.guests[vmid]?.snapshots ?? {});
const describe = (stage: Lab, vmid: number, name: string, description: string) =>
  Object.assign(stage.simulator.state.guests[vmid]?.snapshots[name] ?? {}, { description });

test("a snapshot goes once its time has passed, not before, also on a guest without the owner tag", async () => {
  const stage = await lab();
  await take(stage, [102, 105], "short", "4h");
  await stage.clock.advance(3 * HOUR);
  await sweep(stage);
  expect(names(stage, 102)).toEqual(["short"]);
  await stage.clock.advance(HOUR);
  await sweep(stage);
  expect([...names(stage, 102), ...names(stage, 105)]).toEqual([]);
});

test("strict safe mode does not keep what Moxxie itself made beyond its time", async () => {
  const stage = await lab({ mode: "off" });
  await take(stage, [105], "short", "4h");
  await stage.store.write([
    { table: "State", put: { pk: "safe-mode", sk: "current", mode: "strict", ownerTag: "moxxie" } },
  ]);
  await stage.clock.advance(5 * HOUR);
  await sweep(stage);
  expect(names(stage, 105)).toEqual([]);
});

test("audit and an operation tell of it in the sweeper's name", async () => {
  const stage = await lab();
  await take(stage, [102], "short", "4h");
  await stage.clock.advance(5 * HOUR);
  await sweep(stage);
  const query = { kind: "snapshot.expire" };
  const { items } = List(Operation).parse((await stage.call(Operations, { query })).json);
  expect(items).toMatchObject([{ state: "succeeded", actor: "system/expire" }]);
  const rows = await auditOf(stage, { actor: "system/expire" });
  expect(rows).toMatchObject([
    { action: "snapshot.delete", target: "main/102", outcome: "succeeded" },
    { action: "snapshot.delete", outcome: "accepted" },
  ]);
});

test("a snapshot whose description was changed stays: longer, for ever, or by another's hand", async () => {
  const stage = await lab();
  await take(stage, [101, 102, 103], "short", "4h");
  describe(stage, 101, "short", "keep this");
  describe(stage, 102, "short", "expires=2026-11-23T20:00:00Z");
  await stage.clock.advance(5 * HOUR);
  await sweep(stage);
  expect([names(stage, 101), names(stage, 102), names(stage, 103)]).toEqual([["short"], ["short"], []]);
  await stage.clock.advance(4 * HOUR);
  await sweep(stage);
  expect([names(stage, 101), names(stage, 102)]).toEqual([["short"], []]);
});

test("what never had a time to live, and what is not Moxxie's, is never touched", async () => {
  const stage = await lab();
  await take(stage, [102], "forever");
  await take(stage, [102], "short", "4h");
  const guest = stage.simulator.state.guests["104"];
  if (guest) guest.snapshots["theirs"] = { config: {}, snaptime: 1, description: "before upgrade" };
  await stage.clock.advance(5 * HOUR);
  await sweep(stage);
  await stage.clock.advance(240 * HOUR);
  await sweep(stage);
  expect([...names(stage, 102), ...names(stage, 104)]).toEqual(["forever", "theirs"]);
  expect(writesTo(stage)[DELETE]).toBe(1);
});

test("a deletion that fails is tried again later, until the snapshot is gone", async () => {
  const stage = await lab();
  await take(stage, [102], "short", "4h");
  const answer = { status: 500, reason: "storage is not online" };
  stage.simulator.faults.add({ match: { method: "DELETE", times: 1 }, do: "answer", ...answer });
  await stage.clock.advance(5 * HOUR);
  await sweep(stage);
  expect(names(stage, 102)).toEqual(["short"]);
  await sweep(stage);
  expect(names(stage, 102)).toEqual(["short"]);
  await stage.clock.advance(HOUR);
  await sweep(stage);
  expect(names(stage, 102)).toEqual([]);
});

test("a timer that goes off twice deletes once, and what is gone already is forgotten", async () => {
  const stage = await lab();
  await take(stage, [102, 104], "short", "4h");
  delete stage.simulator.state.guests["104"]?.snapshots["short"];
  await stage.clock.advance(5 * HOUR);
  const tick = timer((needs, effect) => restrict(stage.world, needs, effect));
  await Promise.all([stage.clock.until(tick()), stage.clock.until(tick())]);
  await stage.run(5 * MINUTE);
  expect(names(stage, 102)).toEqual([]);
  expect(writesTo(stage)[DELETE]).toBe(1);
  await stage.clock.advance(24 * HOUR);
  await sweep(stage);
  expect(stage.store.dump().filter(({ row }) => row.pk.startsWith("expiry#"))).toEqual([]);
});

test("a guest that is gone takes its entry with it", async () => {
  const stage = await lab();
  await take(stage, [102], "short", "4h");
  delete stage.simulator.state.guests["102"];
  await stage.clock.advance(5 * HOUR);
  await sweep(stage);
  await stage.clock.advance(24 * HOUR);
  await sweep(stage);
  expect(writesTo(stage)[DELETE]).toBeUndefined();
});

/** A snapshot that is none of Moxxie's, an hour old. */
function foreign(stage: Lab, vmid: number, name: string, description: string) {
  const guest = stage.simulator.state.guests[vmid];
  const snaptime = Math.floor(stage.clock.now().getTime() / 1000) - 3600;
  if (guest) guest.snapshots[name] = { config: {}, snaptime, description };
}

test("a time to live of the original is found and kept to, where safe mode lets Moxxie delete", async () => {
  const stage = await lab();
  for (const vmid of [102, 107]) foreign(stage, vmid, "old", "before upgrade (TTL: 4h)");
  foreign(stage, 102, "byhand", "expires=2026-11-23T14:00:00Z");
  foreign(stage, 102, "plain", "before upgrade");
  for (let run = 0; run < 3; run++) await sweep(stage);
  expect(names(stage, 102)).toEqual(["old", "byhand", "plain"]);
  await stage.clock.advance(4 * HOUR);
  await sweep(stage);
  expect(names(stage, 102)).toEqual(["plain"]);
  expect(names(stage, 107)).toEqual(["old"]);
});

test("what was found and may not be deleted any more makes no operation, until it may again", async () => {
  const stage = await lab();
  foreign(stage, 105, "old", "(TTL: 4h)");
  const mode = (name: string) =>
    stage.store.write([
      { table: "State", put: { pk: "safe-mode", sk: "current", mode: name, ownerTag: "moxxie" } },
    ]);
  await mode("off");
  for (let run = 0; run < 3; run++) await sweep(stage);
  await mode("strict");
  await stage.clock.advance(4 * HOUR);
  await sweep(stage);
  const query = { kind: "snapshot.expire" };
  expect((await stage.call(Operations, { query })).json).toMatchObject({ items: [] });
  await mode("off");
  await sweep(stage);
  await stage.clock.advance(HOUR);
  await sweep(stage);
  expect(names(stage, 105)).toEqual([]);
});

test("the search for them asks for the snapshots of twenty guests at a run, and of each in its turn", async () => {
  const stage = await lab({ guests: 70 });
  const last = Math.max(
    ...Object.values(stage.simulator.state.guests)
      .filter(({ config }) => config["tags"]?.includes("moxxie") && config["template"] === undefined)
      .map(({ vmid }) => vmid),
  );
  foreign(stage, last, "old", "(TTL: 2h)");
  const asked = async () => {
    stage.simulator.resetCounters();
    await sweep(stage);
    const calls = Object.entries(stage.simulator.counters().calls);
    const lists = calls.filter(([name]) => name.startsWith("GET ") && name.endsWith("/snapshot"));
    return lists.reduce((total, [, { requests }]) => total + requests, 0);
  };
  for (let run = 0; run < 4; run++) expect(await asked()).toBe(20);
  await stage.clock.advance(2 * HOUR);
  await sweep(stage);
  expect(names(stage, last)).toEqual([]);
});

test("guests that do not answer do not stop what has expired elsewhere", async () => {
  const stage = await lab();
  await take(stage, [102], "short", "4h");
  const match = { method: "GET", path: "/nodes/*/snapshot", times: 3 };
  stage.simulator.faults.add({ match, do: "answer", status: 500, reason: "got timeout" });
  await stage.clock.advance(5 * HOUR);
  await sweep(stage);
  expect(names(stage, 102)).toEqual([]);
});

test("a snapshot that was pinned beyond its time goes once the pin is over, and makes no operation before", async () => {
  const stage = await lab();
  foreign(stage, 102, "old", "expires=2026-11-23T14:00:00Z pin=2026-11-24T00:00:00Z reason=audit");
  await stage.clock.advance(5 * HOUR);
  await sweep(stage);
  expect((await stage.call(Operations, { query: { kind: "snapshot.expire" } })).json).toMatchObject({
    items: [],
  });
  await stage.clock.advance(8 * HOUR);
  await sweep(stage);
  await stage.clock.advance(HOUR);
  await sweep(stage);
  expect(names(stage, 102)).toEqual([]);
});

test("words that tell a time to live as the original does are kept to from the start", async () => {
  const stage = await lab();
  const body = { select: { vmids: [105] }, name: "old", description: "before upgrade (TTL: 4h)" };
  await carriedOut(stage, await stage.call(Bulk, { body }));
  await stage.clock.advance(5 * HOUR);
  await sweep(stage);
  expect(names(stage, 105)).toEqual([]);
});

test("A5: a time to live in words that is out of range deletes nothing, and says so", async () => {
  const stage = await lab();
  foreign(stage, 102, "zero", "(TTL: 0h)");
  foreign(stage, 102, "ages", "(TTL: 999999d)");
  foreign(stage, 102, "past", "expires=2020-01-01T00:00:00Z");
  for (let run = 0; run < 3; run++) {
    await sweep(stage);
    await stage.clock.advance(HOUR);
  }
  expect(names(stage, 102)).toEqual(["zero", "ages", "past"]);
  const { json } = await stage.call(Snapshots, { path: { cluster: "main", vmid: 102 } });
  expect(json).toMatchObject({
    warnings: ["ages", "past", "zero"].map((name) => {
      return { code: "snapshot.ttl", detail: expect.stringContaining(name) };
    }),
  });
});

test("A5: words that tell of an expiry, a caller's or a stranger's, delete no snapshot in any mode", async () => {
  for (const mode of ["strict", "off"] as const) {
    const stage = await lab({ mode });
    const at = new Date(stage.clock.now().getTime() + 20_000).toISOString();
    for (const [name, text] of [
      ["soon", `the TLS certificate expires=${at} so take care`],
      ["late", "it expires=2026-11-23T11:58:00Z already"],
      ["far", "cert expires=9999-01-01T00:00:00Z then"],
    ]) {
      const body = { select: { vmids: [102] }, name, description: text };
      await carriedOut(stage, await stage.call(Bulk, { body }));
    }
    foreign(stage, 102, "alien", "before renewal\ncertificate expires=2026-11-23T11:59:00Z (old one)");
    for (let run = 0; run < 3; run++) {
      await stage.clock.advance(HOUR);
      await sweep(stage);
    }
    expect(names(stage, 102).toSorted()).toEqual(["alien", "far", "late", "soon"]);
    const { json } = await stage.call(Snapshots, { path: { cluster: "main", vmid: 102 } });
    const none = { expiresAt: null, pin: null };
    expect(json).toMatchObject({ items: [none, none, none, none], warnings: [] });
  }
});
