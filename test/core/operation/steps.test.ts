import { expect, test } from "vitest";
import { poll } from "../../../core/inventory/index.ts";
import * as BulkDelete from "../../../functions/api/bulk/delete.ts";
import * as Cancel from "../../../functions/api/operations/cancel.ts";
import * as DeleteMatching from "../../../functions/api/vms/snapshots/delete-matching.ts";
import * as Delete from "../../../functions/api/vms/delete.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { Operation } from "../../kit/shape.ts";
import { ended, fromTemplate } from "../vm/births.ts";

const MINUTE = 60_000;
const LOCKED = "can't lock file '/var/lock/qemu-server/lock-102.conf' - got timeout";

/** Asks for a running guest to be stopped and deleted; the id of the operation. */
async function deletion(b: Bench, body: Record<string, string> = {}): Promise<string> {
  const path = { cluster: "main", vmid: 102 };
  const answer = await b.call(Delete, { path, query: { force: "true", ...body } });
  expect(answer.status).toBe(202);
  return Operation.parse(answer.json).id;
}

const refusing = (b: Bench, method: string, path: string, times?: number) =>
  b.simulator.faults.add({
    match: { method, path, ...(times === undefined ? {} : { times }) },
    do: "answer",
    status: 500,
    reason: LOCKED,
  });

test("a guest that stays locked while it is being made is taken away again", async () => {
  const b = await bench();
  const id = await fromTemplate(b, { cpu: { cores: 8 }, lockWait: "30s" });
  for (const method of ["PUT", "POST"]) refusing(b, method, "/nodes/{node}/qemu/{vmid}/config");
  const item = await ended(b, id);
  expect(item).toMatchObject({ state: "failed", error: { code: "vm.locked" } });
  expect(item.reason).toContain("was removed again");
});

test("each step may wait for a lock as long as the first", async () => {
  const b = await bench();
  refusing(b, "POST", "/nodes/{node}/qemu/{vmid}/status/stop", 3);
  refusing(b, "DELETE", "/nodes/{node}/qemu/{vmid}", 3);
  const id = await deletion(b, { lockWait: "45s" });
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded" }]);
});

/** A guest that was stopped, and waits with its deletion for a lock. */
async function between(order: (b: Bench) => Promise<string>) {
  const b = await bench({ mode: "off" });
  refusing(b, "DELETE", "/nodes/{node}/qemu/{vmid}", 1);
  const id = await order(b);
  await b.run(10 * MINUTE, async () => (await b.item(id)).blockedAt !== null);
  expect(await b.item(id)).toMatchObject({ step: 1, state: "queued" });
  return { b, id };
}

test("what policy refuses between two steps has failed, since something was done, and goes no further", async () => {
  const { b, id } = await between(async ({ call }) => {
    const answer = await call(BulkDelete, { body: { select: { vmids: [102] }, force: true } });
    expect(answer.status).toBe(202);
    return Operation.parse(answer.json).id;
  });
  Object.assign(b.simulator.state.guests["102"]?.config ?? {}, { tags: "always-on" });
  await b.clock.until(poll(b.world, "main"));
  await b.live(id);
  expect(await b.items(id)).toMatchObject([{ state: "failed", error: { code: "policy.always-on" } }]);
  expect(b.simulator.state.guests["102"]).toBeDefined();
});

test("J: an item whose node goes away for good between two steps ends an hour after its deadline", async () => {
  const { b, id } = await between((one) => deletion(one, { deadline: "10m" }));
  b.simulator.setNode((await b.item(id)).vm.node, { online: false });
  const left = Date.parse((await b.item(id)).startedAt ?? "") + 70 * MINUTE - b.clock.now().getTime();
  await b.run(left);
  expect(await b.item(id)).toMatchObject({ state: "queued" });
  await b.run(5 * MINUTE);
  const [item] = await b.items(id);
  expect(item).toMatchObject({ state: "failed", error: { code: "operation.deadline" } });
  expect(item?.reason).toContain("after step 1");
});

test("a deletion of many snapshots that is cancelled, or late, leaves those that it has not come to", async () => {
  for (const how of ["cancelled", "late"]) {
    const b = await bench({ mode: "off" });
    const names = ["one", "two", "three", "four", "five"];
    for (const name of names) await b.settle(await b.snapshots([102], { name }));
    const query = { match: "*", deadline: "60s" };
    const answer = await b.call(DeleteMatching, { path: { cluster: "main", vmid: 102 }, query });
    const { id } = Operation.parse(answer.json);
    await b.run(MINUTE, async () => (await b.item(id)).step === 1);
    if (how === "late") await b.clock.advance(2 * MINUTE);
    else await b.call(Cancel, { path: { operation: id }, body: {} });
    await b.live(id);
    const state = how === "late" ? "failed" : "cancelled";
    const [item] = await b.items(id);
    expect(item).toMatchObject({ state });
    const left = Object.keys(b.simulator.dump().guests[102]?.snapshots ?? {});
    expect(left.length).toBeGreaterThanOrEqual(2);
    const deleted = names.filter((name) => !left.includes(name));
    expect(item?.result).toEqual({ deleted: expect.arrayContaining(deleted) });
  }
});

/** A snapshot whose answer got lost, and of which nothing can be learnt from then on. */
async function unanswered() {
  const b = await bench();
  b.simulator.faults.add({ match: { method: "POST", path: "/nodes/*/snapshot" }, do: "cut-after" });
  const id = await b.snapshots([101]);
  await b.run(MINUTE, async () => (await b.item(id)).state === "intent");
  for (const path of ["/nodes/*/tasks*", "/nodes/*/snapshot", "/nodes/*/config"])
    b.simulator.faults.add({
      match: { method: "GET", path },
      do: "answer",
      status: 596,
      reason: "Connection timed out",
    });
  return b;
}

test("an answer that stays lost does not multiply messages", async () => {
  const b = await unanswered();
  const sent = () => b.broken.deeds.filter((deed) => deed.port === "send" && deed.queue === "Item").length;
  const during = async (minutes: number) => {
    const before = sent();
    await b.run(minutes * MINUTE);
    return sent() - before;
  };
  const first = await during(30);
  await during(120);
  const last = await during(30);
  expect(last).toBeLessThanOrEqual(first);
});
