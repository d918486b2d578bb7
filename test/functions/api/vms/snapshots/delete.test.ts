import { expect, test } from "vitest";
import * as Create from "../../../../../functions/api/vms/snapshots/create.ts";
import { spec } from "../../../../../functions/api/vms/snapshots/delete.ts";
import * as Matching from "../../../../../functions/api/vms/snapshots/delete-matching.ts";
import * as Update from "../../../../../functions/api/vms/snapshots/update.ts";
import { lab, type Lab } from "../../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../../kit/proof.ts";
import { Plan } from "../../../../kit/shape.ts";

const route = { spec };
const guest = { cluster: "main", vmid: 101 };
const DELETE = "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}";

/** A stage whose guest 101 has these snapshots, a minute apart. */
async function withSnapshots(...names: string[]): Promise<Lab> {
  const stage = await lab();
  for (const name of names) {
    await carriedOut(stage, await stage.call(Create, { path: guest, body: { name } }));
    await stage.clock.advance(60_000);
  }
  stage.simulator.resetCounters();
  return stage;
}

const left = (stage: Lab) => Object.keys(stage.simulator.state.guests[101]?.snapshots ?? {});

const pin = async (stage: Lab, name: string) =>
  carriedOut(
    stage,
    await stage.call(Update, { path: { ...guest, name }, body: { pin: { reason: "for the auditor" } } }),
  );

test("202: the snapshot that is named goes, the others stay; audit tells", async () => {
  const stage = await withSnapshots("one", "two");
  const answer = await stage.call(route, { path: { ...guest, name: "one" } });
  const { operation, items } = await carriedOut(stage, answer);
  expect(operation).toMatchObject({ kind: "snapshot.delete", state: "succeeded" });
  expect(items).toMatchObject([{ state: "succeeded", result: { deleted: ["one"] } }]);
  expect(left(stage)).toEqual(["two"]);
  expect(writesTo(stage)).toEqual({ [DELETE]: 1 });
  const rows = await auditOf(stage, { action: "snapshot.delete" });
  expect(rows.map(({ outcome }) => outcome)).toEqual(["succeeded", "accepted"]);
});

test("202: all that fit the pattern go, one after the other and the oldest first, and no other", async () => {
  const stage = await withSnapshots("auto-1", "keep", "auto-2", "auto-3", "Auto-4");
  const answer = await stage.call({ spec: Matching.spec }, { path: guest, query: { match: "auto-*" } });
  const { operation, items } = await carriedOut(stage, answer);
  expect(operation.progress).toMatchObject({ total: 1, succeeded: 1 });
  expect(items).toMatchObject([{ result: { deleted: ["auto-1", "auto-2", "auto-3"] } }]);
  expect(left(stage)).toEqual(["keep", "Auto-4"]);
  expect(stage.simulator.counters().peak["pve1"]).toBe(1);
});

test("409: a pinned snapshot stays, with the reason of its pin; by pattern the others go", async () => {
  const stage = await withSnapshots("auto-1", "auto-2");
  await pin(stage, "auto-1");
  stage.simulator.resetCounters();
  const answer = await changingNothing(stage, () =>
    stage.call(route, { path: { ...guest, name: "auto-1" } }),
  );
  expect(answer).toMatchObject({ status: 409, json: { code: "snapshot.pinned" } });
  expect(JSON.stringify(answer.json)).toContain("for the auditor");
  const query = { match: "auto-*" };
  await carriedOut(stage, await stage.call({ spec: Matching.spec }, { path: guest, query }));
  expect(left(stage)).toEqual(["auto-1"]);
});

test("202: what is pinned while the deletion waits for its turn stays", async () => {
  const stage = await withSnapshots("auto-1");
  const answer = await stage.call(route, { path: { ...guest, name: "auto-1" } });
  const snapshot = stage.simulator.state.guests[101]?.snapshots["auto-1"];
  if (snapshot) snapshot.description = "pin=always reason=late";
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "skipped", error: { code: "snapshot.pinned" } }]);
  expect(left(stage)).toEqual(["auto-1"]);
});

test("404: an unknown snapshot and an unknown guest; 409: a pattern that fits none; nothing is asked for", async () => {
  const stage = await withSnapshots("one");
  const unknown = await changingNothing(stage, () =>
    stage.call(route, { path: { ...guest, name: "nosuch" } }),
  );
  expect(unknown).toMatchObject({ status: 404, json: { code: "snapshot.missing" } });
  const nobody = await changingNothing(stage, () =>
    stage.call(route, { path: { cluster: "main", vmid: 999, name: "one" } }),
  );
  expect(nobody).toMatchObject({ status: 404, json: { code: "vm.missing" } });
  const none = await changingNothing(stage, () =>
    stage.call({ spec: Matching.spec }, { path: guest, query: { match: "auto-*" } }),
  );
  expect(none).toMatchObject({ status: 409, json: { code: "snapshot.missing" } });
});

test("400: without a pattern nothing is deleted, nor by one that is none", async () => {
  const stage = await withSnapshots("one");
  for (const query of [{}, { match: "" }, { match: "a b" }, { match: "*", all: "true" }]) {
    const answer = await changingNothing(stage, () =>
      stage.call({ spec: Matching.spec }, { path: guest, query }),
    );
    expect(answer).toMatchObject({ status: 400, json: { code: "request.invalid" } });
  }
  expect(left(stage)).toEqual(["one"]);
});

test("403: permissive safe mode keeps the snapshots of a guest without the owner tag", async () => {
  const stage = await lab();
  const other = { cluster: "main", vmid: 107 };
  await carriedOut(stage, await stage.call(Create, { path: other, body: { name: "one" } }));
  stage.simulator.resetCounters();
  const answer = await changingNothing(stage, () => stage.call(route, { path: { ...other, name: "one" } }));
  expect(answer).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
});

test("200: a dry run names what would go and what would stay", async () => {
  const stage = await withSnapshots("auto-1", "auto-2");
  await pin(stage, "auto-2");
  stage.simulator.resetCounters();
  const query = { match: "auto-*", dryRun: "true" };
  const answer = await changingNothing(stage, () =>
    stage.call({ spec: Matching.spec }, { path: guest, query }),
  );
  const [item] = Plan.parse(answer.json).items;
  expect(item).toMatchObject({ willRun: true });
  expect(item?.because).toBe("deletes auto-1; auto-2: it is pinned: for the auditor");
});

test("F52: a deletion that broke off is told with the command for a human; later runs leave the guest alone", async () => {
  const stage = await withSnapshots("auto-1", "auto-2");
  const query = { match: "auto-*" };
  const answer = await stage.call({ spec: Matching.spec }, { path: guest, query });
  await stage.run(500);
  const task = Object.values(stage.simulator.state.tasks).find(({ type }) => type === "qmdelsnapshot");
  const stopping = stage.simulator.handle({
    method: "DELETE",
    target: `/api2/json/nodes/pve1/tasks/${encodeURIComponent(task?.upid ?? "")}`,
    headers: { authorization: `PVEAPIToken=${stage.simulator.token}` },
  });
  await stage.clock.until(stopping);
  const first = await carriedOut(stage, answer);
  expect(first.items).toMatchObject([{ state: "failed" }]);
  expect(first.items[0]?.reason).toContain("qm unlock 101; qm delsnapshot 101 auto-1 --force");
  delete stage.simulator.state.guests[101]?.lock;
  stage.simulator.resetCounters();
  const again = await stage.call({ spec: Matching.spec }, { path: guest, query });
  const second = await carriedOut(stage, again);
  expect(second.items).toMatchObject([{ state: "skipped", error: { code: "snapshot.broken" } }]);
  expect(writesTo(stage)).toEqual({});
  expect(left(stage)).toEqual(["auto-1", "auto-2"]);
});

test("B9: a deletion by pattern tells of each that it leaves, and why", async () => {
  const stage = await withSnapshots("auto-1", "auto-2", "auto-3");
  for (const name of ["auto-1", "auto-2"]) await pin(stage, name);
  const answer = await stage.call({ spec: Matching.spec }, { path: guest, query: { match: "auto-*" } });
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "succeeded", result: { deleted: ["auto-3"] } }]);
  expect(items[0]?.warnings).toEqual([
    expect.stringContaining("auto-1: it is pinned: for the auditor"),
    expect.stringContaining("auto-2: it is pinned: for the auditor"),
  ]);
});
