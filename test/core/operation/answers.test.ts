import { expect, test } from "vitest";
import { bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";

const SNAPSHOT = "/nodes/*/snapshot";
const post = { method: "POST", path: SNAPSHOT };

const states = (items: readonly { state: string }[]) => [...new Set(items.map((item) => item.state))];

test("F07: a connection that is cut after the request is settled by what it did, not by asking again", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...post, times: 1 }, do: "cut-after" });
  const id = await b.snapshots([101]);
  await b.live(id);
  const [item] = await invariants(b, id);
  expect(item).toMatchObject({ state: "succeeded", attempts: 1 });
  expect(b.requests("POST", "/snapshot")).toBe(1);
});

test("a connection that is cut before the request is asked again, but not before it is sure", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...post, times: 1 }, do: "cut-before" });
  const id = await b.snapshots([101]);
  await b.live(id);
  const [item] = await invariants(b, id);
  expect(item).toMatchObject({ state: "succeeded", attempts: 2 });
  const waited = Date.parse(item?.sentAt ?? "") - Date.parse(item?.startedAt ?? "");
  expect(waited).toBeGreaterThanOrEqual(b.world.settings.ambiguousSeconds * 1000);
});

test("F08: an answer that pveproxy gave up while the task runs leads to that task", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...post, times: 1 }, do: "delay", milliseconds: 30_000 });
  b.simulator.faults.add({
    match: { ...post, times: 1 },
    do: "answer",
    status: 596,
    reason: "Connection timed out",
    after: true,
  });
  const id = await b.snapshots([101]);
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded", attempts: 1 }]);
  expect(b.requests("POST", "/snapshot")).toBe(1);
});

test("F09: a task that runs although its start answered 500 is found, never failed", async () => {
  const b = await bench();
  const reason = "can't lock file '/var/log/pve/tasks/.active.lock' - got timeout";
  b.simulator.faults.add({ match: { ...post, times: 2 }, do: "answer", status: 500, reason, after: true });
  const id = await b.snapshots([101, 102]);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(2);
});

test("F10: a tenth of the starts that never began costs one more request each", async () => {
  const b = await bench({ guests: 60 });
  const reason = "got no worker upid - start worker failed";
  for (const nth of [3, 13, 23, 33, 43])
    b.simulator.faults.add({ match: { ...post, nth, times: 1 }, do: "answer", status: 500, reason });
  const vmids = Object.values(b.simulator.state.guests)
    .filter((guest) => guest.config.template !== "1" && !guest.config.name?.startsWith("raw"))
    .map((guest) => guest.vmid)
    .slice(0, 50);
  const id = await b.snapshots(vmids);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(vmids.length + 5);
});

test("F11 and F12: a status that is refused or unknown for a moment is asked for again, never the snapshot", async () => {
  const b = await bench();
  const tasks = { method: "GET", path: "/nodes/{node}/tasks", times: 4 };
  b.simulator.faults.add({ match: tasks, do: "answer", status: 599, reason: "Too many redirections" });
  const id = await b.snapshots([101]);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(1);
});

test.each([
  ["F12: a task that no list shows right after its start is waited for", 2],
  ["F14: a task that fell out of the list is asked for by its UPID", 1000],
])("%s", async (_, times) => {
  const b = await bench();
  const match = { method: "GET", path: "/nodes/{node}/tasks", times };
  b.simulator.faults.add({ match, do: "answer", status: 200, reason: "OK", body: '{"data":[]}' });
  const id = await b.snapshots([101, 102, 103]);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(3);
});

test.each([
  ["with its snapshot there, a success", false, "succeeded"],
  ["without its snapshot, a failure", true, "failed"],
])("F13: a task whose log is gone is settled by what is there: %s", async (_, removed, state) => {
  const b = await bench();
  const list = { method: "GET", path: "/nodes/{node}/tasks" };
  const status = { method: "GET", path: "/nodes/{node}/tasks/{upid}/status" };
  b.simulator.faults.add({ match: list, do: "answer", status: 200, reason: "OK", body: '{"data":[]}' });
  b.simulator.faults.add({ match: status, do: "answer", status: 400, reason: "no such task" });
  const id = await b.snapshots([101]);
  await b.run(9_000);
  const guest = b.simulator.state.guests[101];
  if (removed && guest) guest.snapshots = {};
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual([state]);
});

test("F23 and F21: a guest that another holds is waited for and done when it is free", async () => {
  const b = await bench();
  const guest = b.simulator.state.guests[101];
  if (guest) guest.lock = "backup";
  const id = await b.snapshots([101, 102], { lockWait: "1h" });
  await b.run(20 * 60_000);
  expect((await b.item(id)).blockedAt).not.toBe(null);
  expect(b.requests("POST", "/snapshot")).toBeLessThan(40);
  delete guest?.lock;
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
});

test("F22: a lock that nobody takes away fails the item with its name once the patience is over", async () => {
  const b = await bench();
  const guest = b.simulator.state.guests[101];
  if (guest) guest.lock = "snapshot-delete";
  const id = await b.snapshots([101, 102], { lockWait: "10m" });
  await b.live(id);
  const items = await invariants(b, id);
  const [stuck] = items.filter((item) => item.vm.vmid === 101);
  expect(stuck).toMatchObject({ state: "failed", error: { code: "vm.locked" } });
  expect(stuck?.reason).toContain("snapshot-delete");
  expect(items.filter((item) => item.state === "succeeded")).toHaveLength(1);
});

test("F49: a task with warnings is a success that carries them", async () => {
  const b = await bench();
  const id = await b.snapshots([101]);
  await b.run(100);
  const [upid] = Object.keys(b.simulator.state.tasks).filter((key) => key.includes(":qmsnapshot:101:"));
  const body = JSON.stringify({
    data: [{ upid, type: "qmsnapshot", id: "101", starttime: 1, endtime: 2, status: "WARNINGS: 1" }],
  });
  await b.clock.advance(60_000);
  const match = { method: "GET", path: "/nodes/{node}/tasks" };
  b.simulator.faults.add({ match, do: "answer", status: 200, reason: "OK", body });
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded", warnings: ["WARNINGS: 1"] }]);
});

test("a task of somebody else's is not taken for the lost request", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...post, times: 1 }, do: "cut-before" });
  const id = await b.snapshots([101]);
  const guest = b.simulator.state.guests[101];
  const headers = {
    authorization: `PVEAPIToken=${b.simulator.token}`,
    "content-type": "application/x-www-form-urlencoded",
  };
  const target = `/api2/json/nodes/${guest?.node}/qemu/101/snapshot`;
  await b.run(100);
  await b.clock.until(b.simulator.handle({ method: "POST", target, headers, body: "snapname=theirs" }));
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded", attempts: 2 }]);
});

test("a first request that works late, at the very moment of the second, is not told as a failure", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...post, times: 1 }, do: "cut-before" });
  let posts = 0;
  const authorization = `PVEAPIToken=${b.simulator.token}`;
  const headers = { authorization, "content-type": "application/x-www-form-urlencoded" };
  b.broken.on((deed) => {
    if (deed.port !== "request" || deed.method !== "POST" || ++posts !== 2) return false;
    const target = `/api2/json${deed.target}`;
    void b.simulator.handle({ method: "POST", target, headers, body: deed.body });
    return false;
  }, "before");
  const id = await b.snapshots([101]);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(3);
});
