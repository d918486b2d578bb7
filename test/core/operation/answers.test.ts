import { expect, test } from "vitest";
import * as z from "zod";
import * as StartRoute from "../../../functions/api/vms/start.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { Operation } from "../../kit/shape.ts";
import { appearing, fail, held } from "../../kit/task.ts";

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

test("F08: a request that pveproxy gives up after 30 s, and that works after 40 s, is found then", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { ...post, times: 1 }, do: "delay", milliseconds: 40_000 });
  const id = await b.snapshots([101]);
  await b.live(id);
  const [item] = await invariants(b, id);
  expect(item).toMatchObject({ state: "succeeded", attempts: 1 });
  expect(b.requests("POST", "/snapshot")).toBe(1);
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

/** Proxmox shows no task in any list before it has ended: its registration failed. */
function hideRunning({ broken: { world } }: Bench): void {
  const Tasks = z.object({ data: z.array(z.looseObject({ endtime: z.number().optional() })) });
  const { dial } = world;
  const hiding: typeof dial = (target) => {
    const transport = dial(target);
    return async (wire) => {
      const reply = await transport(wire);
      if (wire.method !== "GET" || !/\/tasks(?:\?|$)/.test(wire.target)) return reply;
      const data = Tasks.parse(JSON.parse(reply.body)).data.filter(({ endtime }) => endtime !== undefined);
      return { ...reply, body: JSON.stringify({ data }) };
    };
  };
  Object.assign(world, { dial: hiding });
}

test.each([1, 0.1, 0.02])(
  "F09: a task that runs unseen although its start answered 500 is found, never failed (speed %d)",
  async (speed) => {
    const b = await bench({ speed });
    hideRunning(b);
    b.simulator.faults.add({ match: { ...post, times: 2 }, do: "active-lock", effect: true });
    const id = await b.snapshots([101, 102]);
    await b.live(id);
    expect(states(await invariants(b, id))).toEqual(["succeeded"]);
    expect(b.requests("POST", "/snapshot")).toBe(2);
  },
);

test("F09: a snapshot that a start which answered 500 has left half made is told so, but not at once", async () => {
  const b = await bench();
  hideRunning(b);
  b.simulator.inflict({ do: "fsfreeze-stuck", vmid: 102 });
  b.simulator.faults.add({ match: { ...post, times: 1 }, do: "active-lock", effect: true });
  const id = await b.snapshots([102]);
  await b.run(300_000);
  expect(await b.item(id)).toMatchObject({ state: "intent" });
  await b.live(id);
  const [item] = await invariants(b, id);
  expect(item).toMatchObject({ state: "failed", attempts: 1 });
  expect(item?.reason).toContain("half made");
  expect(b.requests("POST", "/snapshot")).toBe(1);
});

test("F10: a tenth of the starts that never began costs one more request each", async () => {
  const b = await bench({ guests: 60 });
  for (const nth of [3, 13, 23, 33, 43])
    b.simulator.faults.add({ match: { ...post, nth, times: 1 }, do: "no-worker-upid" });
  const vmids = Object.values(b.simulator.state.guests)
    .filter((guest) => guest.config.template !== "1" && !guest.config.name?.startsWith("raw"))
    .map((guest) => guest.vmid)
    .slice(0, 50);
  const id = await b.snapshots(vmids);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  expect(b.requests("POST", "/snapshot")).toBe(vmids.length + 5);
});

test("F21: a guest that is locked by a backup for 20 minutes is waited for and done afterwards", async () => {
  const b = await bench();
  const backup = held(b, 101);
  const id = await b.snapshots([101, 102], { lockWait: "1h" });
  await b.run(20 * 60_000);
  expect((await b.items(id)).find(({ vm }) => vm.vmid === 101)?.blockedAt).not.toBe(null);
  expect(b.requests("POST", "/snapshot")).toBeLessThan(40);
  backup.release();
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
});

test("F21: a backup that takes longer than one wants to wait fails the item with the lock's name", async () => {
  const b = await bench();
  held(b, 101);
  const id = await b.snapshots([101], { lockWait: "5m" });
  await b.live(id);
  const [item] = await invariants(b, id);
  expect(item).toMatchObject({ state: "failed", error: { code: "vm.locked" } });
  expect(item?.reason).toMatch(/mounted.*waited 3\d\d s/);
});

test("F22: a lock that nobody takes away fails the item with its name once the patience is over", async () => {
  const b = await bench();
  b.simulator.inflict({ do: "stale-lock", vmid: 101, lock: "snapshot-delete" });
  const id = await b.snapshots([101, 102], { lockWait: "10m" });
  await b.live(id);
  const items = await invariants(b, id);
  const [stuck] = items.filter((item) => item.vm.vmid === 101);
  expect(stuck).toMatchObject({ state: "failed", error: { code: "vm.locked" } });
  expect(stuck?.reason).toContain("snapshot-delete");
  expect(items.filter((item) => item.state === "succeeded")).toHaveLength(1);
});

test("F23: a start that waited 10 s in vain for the guest's file is asked for again, and done", async () => {
  const b = await bench();
  const reason = "can't lock file '/var/lock/qemu-server/lock-110.conf' - got timeout";
  const start = { method: "POST", path: "/nodes/*/status/start", times: 1 };
  b.simulator.faults.add({ match: start, do: "answer", status: 500, reason });
  const answer = await b.call(StartRoute, { path: { cluster: "main", vmid: 110 } });
  const { id } = Operation.parse(answer.json);
  await fail(b, (await appearing(b, "start")).upid, reason);
  expect(b.simulator.state.guests[110]?.status).toBe("stopped");
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded", attempts: 3 }]);
  expect(b.requests("POST", "/status/start")).toBe(3);
  expect(b.simulator.state.guests[110]?.status).toBe("running");
});

test("F23: a snapshot whose task waited 10 s in vain for the guest's file is taken once that is free", async () => {
  const b = await bench();
  const guest = b.simulator.state.guests[102];
  expect(guest?.status).toBe("running");
  // A copy of a guest that runs holds its file as long as it takes.
  const authorization = `PVEAPIToken=${b.simulator.token}`;
  const headers = { authorization, "content-type": "application/x-www-form-urlencoded" };
  const target = `/api2/json/nodes/${guest?.node}/qemu/102/clone`;
  for (const newid of [901, 902])
    await b.simulator.handle({ method: "POST", target, headers, body: `newid=${newid}&full=1` });
  await b.clock.advance(100);
  const id = await b.snapshots([102]);
  await b.live(id);
  const [item] = await invariants(b, id);
  expect(item?.state).toBe("succeeded");
  const ends = Object.values(b.simulator.state.tasks).filter(({ type }) => type === "qmsnapshot");
  expect(ends.map(({ exitstatus }) => exitstatus)).toContainEqual(expect.stringContaining("can't lock file"));
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
