import { connect } from "node:tls";
import { expect, test } from "vitest";
import { createSimulator, serve } from "../../../local/proxmox/index.ts";
import { rows, simulation } from "./lab.ts";

const REQUEST = (token: string) =>
  `GET /api2/json/version HTTP/1.1\r\nHost: pve\r\nAuthorization: PVEAPIToken=${token}\r\n\r\n`;

/** Sends requests one after the other over one connection; how many were answered before it was closed. */
async function talk(url: string, token: string, most: number): Promise<number> {
  const socket = connect({ port: Number(new URL(url).port), host: "127.0.0.1", rejectUnauthorized: false });
  const closed = Promise.withResolvers<number>();
  const ask = { answered: 0 };
  socket.setEncoding("utf8");
  socket.on("secureConnect", () => socket.write(REQUEST(token)));
  socket.on("data", (text: string) => {
    if (!text.includes('"release"')) return;
    ask.answered += 1;
    if (ask.answered < most) socket.write(REQUEST(token));
    else socket.end();
  });
  socket.on("error", () => undefined);
  socket.on("close", () => closed.resolve(ask.answered));
  return closed.promise;
}

test("a connection takes a hundred requests and is closed then", async () => {
  const simulator = createSimulator();
  const served = await serve(simulator);
  expect(await talk(served.url, simulator.token, 150)).toBe(100);
  await served.close();
});

test("the two daemons of a node do not wait for each other", async () => {
  const { simulator, clock, where } = simulation({ latency: true });
  const headers = { authorization: `PVEAPIToken=${simulator.token}` };
  const ask = (path: string) =>
    simulator
      .handle({ method: "GET", target: `/api2/json${path}`, headers })
      .then(() => clock.now().getTime());
  const start = clock.now().getTime();
  const slow = [1, 2, 3, 4, 5, 6].map(() => ask(`${where(101)}/status/current`));
  const quick = ask("/version");
  expect((await clock.until(quick)) - start).toBe(6);
  expect((await clock.until(Promise.all(slow))).map((at) => at - start)).toEqual([16, 16, 16, 27, 27, 27]);
});

test("a call to a node that is silent is given up after thirty seconds", async () => {
  const { get, simulator, clock } = simulation();
  simulator.setNode("pve2", { online: false });
  const before = clock.now().getTime();
  const answer = await get("/nodes/pve2/status");
  expect([answer.status, answer.reason, answer.body]).toEqual([595, "Connection timed out", ""]);
  expect(clock.now().getTime() - before).toBe(30_000);
});

test("five minutes after a node was lost nobody knows its guests' names any more", async () => {
  const { get, simulator, clock } = simulation();
  simulator.setNode("pve2", { online: false });
  const rowOf = async () => {
    const found = rows(await get("/cluster/resources", { type: "vm" }));
    return found.find(({ node }) => node === "pve2");
  };
  expect(await rowOf()).toHaveProperty("name");
  await clock.advance(301_000);
  expect(await rowOf()).toEqual({
    id: expect.any(String),
    type: expect.any(String),
    vmid: expect.any(Number),
    node: "pve2",
    status: "unknown",
  });
  simulator.setNode("pve2", { online: true });
  expect(await rowOf()).toHaveProperty("name");
});

test("images on one storage are made one after the other; whoever waits too long fails", async () => {
  const { post, ended, clock, simulator } = simulation({ speed: 0.1 });
  const makings = [];
  for (let vmid = 900; vmid < 906; vmid++)
    makings.push(await post("/nodes/pve1/qemu", { vmid, scsi0: "nfs:1" }));
  const before = clock.now().getTime();
  const ends = [];
  for (const making of makings) ends.push(await ended(making));
  expect(ends.slice(0, 3)).toEqual(["OK", "OK", "OK"]);
  expect(ends.slice(4)).toEqual(
    [904, 905].map(
      (vmid) => `unable to create VM ${vmid} - cfs-lock 'storage-nfs' error: got lock request timeout`,
    ),
  );
  expect(clock.now().getTime() - before).toBeGreaterThan(9000);
  expect(simulator.state.guests[905]).toBeUndefined();
});

test("a held lock on a configuration file is waited for ten seconds", async () => {
  const { post, put, where, clock, simulator } = simulation({ speed: 0.05 });
  await put(`${where(107)}/config`, { cores: 2 });
  await post(`${where(107)}/status/start`);
  const before = clock.now().getTime();
  const answer = await put(`${where(107)}/config`, { cores: 3 });
  expect(answer.reason).toBe("can't lock file '/var/lock/qemu-server/lock-107.conf' - got timeout");
  expect(clock.now().getTime() - before).toBe(10_000);
  expect(simulator.state.guests[107]?.config.cores).toBe("2");
});
