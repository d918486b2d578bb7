import { expect, test } from "vitest";
import { simulation } from "./lab.ts";

const start = "/nodes/{node}/qemu/{vmid}/status/start";

test("cut before: the connection breaks and nothing happened", async () => {
  const { post, where, simulator } = simulation();
  simulator.faults.add({ match: { method: "POST", path: start }, do: "cut-before" });
  await expect(post(`${where(107)}/status/start`)).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(Object.values(simulator.state.tasks).some(({ id }) => id === "107")).toBe(false);
});

test("cut after: the connection breaks although the task runs", async () => {
  const { post, where, simulator, clock } = simulation();
  simulator.faults.add({ match: { vmid: 107 }, do: "cut-after" });
  await expect(post(`${where(107)}/status/start`)).rejects.toMatchObject({ code: "ECONNRESET" });
  await clock.advance(10_000);
  expect(simulator.state.guests[107]?.status).toBe("running");
});

test("a fault can strike the nth request only, or so many times", async () => {
  const { get, simulator } = simulation();
  simulator.faults.add({
    match: { path: "/version", nth: 2 },
    do: "answer",
    status: 599,
    reason: "Too many redirections",
  });
  const statuses = [];
  for (let count = 0; count < 3; count++) statuses.push((await get("/version")).status);
  expect(statuses).toEqual([200, 599, 200]);
  simulator.faults.add({ match: { path: "/cluster/*", times: 1 }, do: "answer", status: 596, reason: "" });
  expect([(await get("/cluster/status")).status, (await get("/cluster/status")).status]).toEqual([596, 200]);
});

test("a delay holds the answer back; clearing the faults ends it", async () => {
  const { get, simulator, clock } = simulation();
  simulator.faults.add({ match: {}, do: "delay", milliseconds: 700 });
  const before = clock.now().getTime();
  await get("/version");
  expect(clock.now().getTime() - before).toBe(700);
  simulator.faults.clear();
  await get("/version");
  expect(clock.now().getTime() - before).toBe(700);
});

test("requests and bytes are counted by template, and the most tasks at once by node", async () => {
  const { get, post, ended, where, simulator } = simulation();
  await get(`${where(101)}/config`);
  await get(`${where(104)}/config`);
  const answers = [];
  for (const vmid of [101, 104]) answers.push(await post(`${where(vmid)}/snapshot`, { snapname: "s1" }));
  for (const answer of answers) await ended(answer);
  const counters = simulator.counters();
  expect(counters.calls["GET /nodes/{node}/qemu/{vmid}/config"]).toMatchObject({ requests: 2 });
  expect(counters.calls["GET /nodes/{node}/qemu/{vmid}/config"]?.sent).toBeGreaterThan(500);
  expect(counters.peak).toEqual({ pve1: 2 });
  expect(counters.running).toEqual({ pve1: 0 });
  simulator.resetCounters();
  expect(simulator.counters().total.requests).toBe(0);
});

test("with latency on, a daemon serves three calls at a time and the fourth waits", async () => {
  const { simulator, clock, where } = simulation({ latency: true });
  const headers = { authorization: `PVEAPIToken=${simulator.token}` };
  const target = `/api2/json${where(101)}/status/current`;
  const start = clock.now().getTime();
  const ends = Promise.all(
    [1, 2, 3, 4].map(async () => {
      await simulator.handle({ method: "GET", target, headers });
      return clock.now().getTime() - start;
    }),
  );
  expect(await clock.until(ends)).toEqual([16, 16, 16, 27]);
});
