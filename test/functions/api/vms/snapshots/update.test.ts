import { expect, test } from "vitest";
import * as Create from "../../../../../functions/api/vms/snapshots/create.ts";
import * as Get from "../../../../../functions/api/vms/snapshots/get.ts";
import { spec } from "../../../../../functions/api/vms/snapshots/update.ts";
import * as Expire from "../../../../../functions/cron/expire.ts";
import { lab, type Lab } from "../../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../../kit/proof.ts";
import { restrict } from "../../../../kit/restrict.ts";

const route = { spec };
const path = { cluster: "main", vmid: 101, name: "one" };
const PUT = "PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config";

async function withSnapshot(body: Record<string, unknown> = {}): Promise<Lab> {
  const stage = await lab();
  const at = { cluster: "main", vmid: 101 };
  await carriedOut(stage, await stage.call(Create, { path: at, body: { name: "one", ...body } }));
  stage.simulator.resetCounters();
  return stage;
}

const change = async (stage: Lab, body: unknown) =>
  carriedOut(stage, await stage.call(route, { path, body }));
const shown = async (stage: Lab) => (await stage.call(Get, { path })).json;

test("202: words, expiry and pin are changed, each by itself, and the others stay", async () => {
  const stage = await withSnapshot({ description: "first" });
  const { operation, items } = await change(stage, { ttl: "2h" });
  expect(operation).toMatchObject({ kind: "snapshot.update", state: "succeeded" });
  expect(items).toMatchObject([{ state: "succeeded", upid: null }]);
  expect(writesTo(stage)).toEqual({ [PUT]: 1 });
  const until = "2026-12-31T00:00:00Z";
  await change(stage, { pin: { reason: "audit 50 %", until } });
  await change(stage, { description: "second" });
  expect(await shown(stage)).toMatchObject({
    name: "one",
    description: "second",
    pin: { reason: "audit 50 %", until: "2026-12-31T00:00:00.000Z" },
    expiresAt: expect.stringContaining("2026-11-23T14:0"),
  });
  await change(stage, { pin: null, ttl: null });
  expect(await shown(stage)).toMatchObject({ description: "second", pin: null, expiresAt: null });
  const rows = await auditOf(stage, { action: "snapshot.update" });
  expect(rows.filter(({ outcome }) => outcome === "succeeded")).toHaveLength(4);
});

test("202: a time to live that is given later is kept by the sweeper, and a pin holds it back", async () => {
  const stage = await withSnapshot();
  await change(stage, { ttl: "10m", pin: { reason: "wait" } });
  const expire = Expire.timer((needs, effect) => restrict(stage.world, needs, effect));
  await stage.clock.advance(3_600_000);
  await stage.clock.until(expire());
  await stage.run(600_000);
  expect(Object.keys(stage.simulator.state.guests[101]?.snapshots ?? {})).toEqual(["one"]);
  await change(stage, { pin: null });
  await stage.clock.advance(2 * 3_600_000);
  await stage.clock.until(expire());
  await stage.run(600_000);
  expect(stage.simulator.state.guests[101]?.snapshots).toEqual({});
});

test("202: the original's time to live is taken away for good", async () => {
  const stage = await withSnapshot({ description: "nightly (TTL: 4h)" });
  expect(await shown(stage)).toMatchObject({ expiresAt: expect.any(String) });
  await change(stage, { ttl: null });
  expect(await shown(stage)).toMatchObject({ description: "nightly", expiresAt: null });
});

test("202: a snapshot that somebody else describes anew in the meantime keeps their words", async () => {
  const stage = await withSnapshot({ description: "first" });
  const answer = await stage.call(route, { path, body: { description: "ours" } });
  const snapshot = stage.simulator.state.guests[101]?.snapshots["one"];
  if (snapshot) snapshot.description = "theirs";
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "skipped", error: { code: "snapshot.changed" } }]);
  expect(snapshot?.description).toBe("theirs");
});

test("202: an answer that is lost after the change was made is found out, and asked for once", async () => {
  const stage = await withSnapshot();
  const match = { method: "PUT", path: "/nodes/*/snapshot/*", times: 1 };
  stage.simulator.faults.add({ match, do: "cut-after" });
  const { items } = await change(stage, { description: "new" });
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(writesTo(stage)).toEqual({ [PUT]: 1 });
});

test.each([
  [{ pin: { reason: "x", until: "tomorrow" } }, "/pin/until"],
  [{ ttl: "0s" }, "/ttl"],
  [{ descripton: "x" }, "/descripton"],
])("400: %j; Proxmox is never asked", async (body, pointer) => {
  const stage = await withSnapshot();
  const answer = await changingNothing(stage, () => stage.call(route, { path, body }));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test.for<[Record<string, unknown>, string]>([
  [{ pin: { reason: "" } }, "/pin/reason"],
  [{ pin: { reason: "x".repeat(501) } }, "/pin/reason"],
  [{ pin: { reason: "a\nb" } }, "/pin/reason"],
  [{ description: "x".repeat(4001) }, "/description"],
  [{ description: "old (TTL: 0h)" }, "/description"],
  [{ description: "A5: (TTL: 1w)" }, "/description"],
  [{ description: "A5: (TTL: 4h) (TTL: 5h)" }, "/description"],
  [{ description: "A5: so\njob=job_01JD0000000000000000000000" }, "/description"],
  [{ description: "x\nexpires=2026-12-24T00:00:00Z" }, "/description"],
  [{ expiresAt: "2026-11-23T12:00:30Z" }, "/expiresAt"],
  [{ expiresAt: "2020-01-01T00:00:00Z" }, "/expiresAt"],
  [{ expiresAt: "2037-01-01T00:00:00Z" }, "/expiresAt"],
  [{ expiresAt: "2026-12-24T00:00:00Z", ttl: "4h" }, "/expiresAt"],
  [{ expiresAt: null, ttl: null }, "/expiresAt"],
  [{ expiresAt: "2026-12-24" }, "/expiresAt"],
])("400: %j is not as it is shown; nothing is changed", async ([body, pointer]) => {
  const stage = await withSnapshot();
  const answer = await changingNothing(stage, () => stage.call(route, { path, body }));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
});

test("404: an unknown snapshot; 409: nothing that would change; 403: a foreign guest", async () => {
  const stage = await withSnapshot({ description: "first" });
  const unknown = await changingNothing(stage, () =>
    stage.call(route, { path: { ...path, name: "nosuch" }, body: { description: "x" } }),
  );
  expect(unknown).toMatchObject({ status: 404, json: { code: "snapshot.missing" } });
  const same = await changingNothing(stage, () =>
    stage.call(route, { path, body: { description: "first" } }),
  );
  expect(same).toMatchObject({ status: 409, json: { code: "snapshot.unchanged" } });
  const foreign = await lab();
  const at = { cluster: "main", vmid: 107 };
  await carriedOut(foreign, await foreign.call(Create, { path: at, body: { name: "one" } }));
  foreign.simulator.resetCounters();
  const refused = await changingNothing(foreign, () =>
    foreign.call(route, { path: { ...path, vmid: 107 }, body: { description: "x" } }),
  );
  expect(refused).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
});

test("400: a pin that is over already; nothing is changed", async () => {
  const stage = await lab();
  const guest = { cluster: "main", vmid: 102 };
  const create = await import("../../../../../functions/api/vms/snapshots/create.ts");
  await carriedOut(stage, await stage.call(create, { path: guest, body: { name: "one" } }));
  stage.simulator.resetCounters();
  const body = { pin: { reason: "late", until: "2026-11-23T11:59:59Z" } };
  const answer = await changingNothing(stage, () =>
    stage.call(route, { path: { ...guest, name: "one" }, body }),
  );
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/pin/until" }] } });
});

test("B9: a pin that somebody sets while a change waits for a lock is kept, and the change is no success", async () => {
  const stage = await withSnapshot({ description: "typpo" });
  const match = { method: "PUT", path: "/nodes/*/snapshot/one/config", times: 1 };
  stage.simulator.faults.add({ match, do: "answer", status: 500, reason: "VM is locked (backup)" });
  const answer = await stage.call(route, { path, body: { description: "typo" } });
  await stage.run(3_000);
  const snapshot = stage.simulator.state.guests[101]?.snapshots["one"];
  if (snapshot) snapshot.description = `${snapshot.description?.trimEnd()} pin=always reason=legal%20hold`;
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "skipped", error: { code: "snapshot.changed" } }]);
  expect(await shown(stage)).toMatchObject({
    description: "typpo",
    pin: { reason: "legal hold", until: null },
  });
});
