import { expect, test } from "vitest";
import { poll } from "../../../../../core/inventory/index.ts";
import * as Bulk from "../../../../../functions/api/bulk/snapshots/rollback.ts";
import * as Retry from "../../../../../functions/api/operations/retry.ts";
import * as Rollback from "../../../../../functions/api/vms/snapshots/rollback.ts";
import { lab, type Lab } from "../../../../kit/lab.ts";
import { carriedOut, writesTo } from "../../../../kit/proof.ts";

const path = { cluster: "main", vmid: 102, name: "one" };
const POST = "POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback";
const PUT = "PUT /nodes/{node}/qemu/{vmid}/config";
const onTags = { method: "PUT", path: "/nodes/*/qemu/102/config" };

function guestOf(stage: Lab, vmid = 102) {
  const guest = stage.simulator.state.guests[vmid];
  if (!guest) throw new Error(`there is no guest ${vmid}`);
  return guest;
}
const tagsOf = (stage: Lab, vmid = 102) => (guestOf(stage, vmid).config["tags"] ?? "").split(";").toSorted();

/** A guest that was tagged otherwise when its snapshot was taken. */
async function tagged(then: string, now: string, mode: "strict" | "permissive" | "audit" | "off" = "off") {
  const stage = await lab({ mode });
  const guest = guestOf(stage);
  const config = { ...guest.config, tags: then };
  guest.snapshots["one"] = { config, snaptime: 1, description: "" };
  guest.config["tags"] = now;
  return stage;
}

test.for([
  ["the owner tag", "web", "db;moxxie", ["moxxie", "web"]],
  ["always-on", "moxxie;web", "Always-On;moxxie", ["always-on", "moxxie", "web"]],
  ["maint-ok", "moxxie", "maint-ok;moxxie", ["maint-ok", "moxxie"]],
  ["no owner tag", "moxxie;web", "db", ["web"]],
  ["no always-on and no maint-ok", "always-on;maint-ok;moxxie", "moxxie", ["moxxie"]],
] as const)("A6: a guest with %s keeps it so through a rollback", async ([, then, now, after]) => {
  const stage = await tagged(then, now);
  const body = { override: true };
  const { operation, items } = await carriedOut(stage, await stage.call(Rollback, { path, body }));
  expect(operation.state).toBe("succeeded");
  expect(items[0]?.upid).toContain("qmrollback");
  expect(tagsOf(stage)).toEqual([...after]);
  expect(writesTo(stage)).toEqual({ [POST]: 1, [PUT]: 1 });
});

test("A6: a bulk rollback keeps the owner tag, so that strict lets the next call through", async () => {
  const stage = await tagged("web", "moxxie", "strict");
  const body = { select: { vmids: [102] }, name: "one" };
  for (const _ of ["first", "second"]) {
    const { operation } = await carriedOut(stage, await stage.call(Bulk, { body }));
    expect([operation.state, tagsOf(stage)]).toEqual(["succeeded", ["moxxie", "web"]]);
  }
});

test("A6: an owner tag that was set after the plan is kept as well", async () => {
  const stage = await tagged("web", "moxxie");
  const answer = await stage.call(Rollback, { path, body: {} });
  guestOf(stage).config["tags"] = "always-on-call;maint-ok;moxxie";
  await carriedOut(stage, answer);
  expect(tagsOf(stage)).toEqual(["maint-ok", "moxxie", "web"]);
});

test("A6: where its tags cannot be written, that is told, and nothing is rolled back twice", async () => {
  const stage = await tagged("web", "moxxie");
  stage.simulator.faults.add({ match: onTags, do: "answer", status: 400, reason: "tags are frozen" });
  const { operation, items } = await carriedOut(stage, await stage.call(Rollback, { path, body: {} }));
  expect(operation.state).toBe("failed");
  expect(items[0]?.error?.detail).toContain("main/102 is back at one, but");
  expect(items[0]?.error?.detail).toContain("tags are frozen");
  const again = await stage.call(Retry, { path: { operation: operation.id } });
  expect(again.status).toBe(409);
  expect(writesTo(stage)[POST]).toBe(1);
});

test.each(["cut-before", "cut-after"] as const)(
  "A6: a lost answer to the write of tags (%s) is no lost tag",
  async (fault) => {
    const stage = await tagged("web", "moxxie");
    stage.simulator.faults.add({ match: { ...onTags, nth: 1 }, do: fault });
    const { operation } = await carriedOut(stage, await stage.call(Rollback, { path, body: {} }));
    expect([operation.state, tagsOf(stage)]).toEqual(["succeeded", ["moxxie", "web"]]);
    expect(writesTo(stage)[POST]).toBe(1);
  },
);

test("A6: nothing more is written where the snapshot has the same tags of policy", async () => {
  const stage = await tagged("moxxie;web", "db;moxxie");
  await carriedOut(stage, await stage.call(Rollback, { path, body: {} }));
  expect([tagsOf(stage), writesTo(stage)]).toEqual([["moxxie", "web"], { [POST]: 1 }]);
});

test("A6: a rollback looks at its guest, its snapshots and the tags of the one; tags that differ cost a look and a write", async () => {
  for (const [now, looks] of [
    ["moxxie;web", 4],
    ["always-on;moxxie", 5],
  ] as const) {
    const stage = await tagged("moxxie", now);
    const answer = await stage.call(Rollback, { path, body: { override: true } });
    stage.simulator.resetCounters();
    await carriedOut(stage, answer);
    const calls = Object.entries(stage.simulator.counters().calls);
    const ofGuest = calls.filter(([name]) => name.startsWith("GET ") && name.includes("{vmid}"));
    expect(ofGuest.reduce((sum, [, { requests }]) => sum + requests, 0)).toBe(looks);
  }
});

test("A1, A6: a bulk rollback by a tag that the snapshot lacks is brought to its end: the owner tag is kept", async () => {
  const stage = await tagged("web", "moxxie;scrap");
  await stage.clock.until(poll(stage.world, "main"));
  const body = { select: { tags: "scrap" }, name: "one" };
  const { items } = await carriedOut(stage, await stage.call(Bulk, { body }));
  expect(items).toMatchObject([{ vm: { id: "main/102" }, state: "succeeded" }]);
  expect(tagsOf(stage)).toEqual(["moxxie", "web"]);
});
