import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { config, power, version, type Target, type WireRequest } from "../../../core/proxmox/index.ts";
import { undiciTransport } from "../../../core/proxmox/undici.ts";
import { VERSIONS } from "../../../local/proxmox/index.ts";
import { listener, listening, nobody } from "./listener.ts";
import { served } from "./stage.ts";

const WRONG = Array.from({ length: 32 }, () => "AB").join(":");
const TOKEN = "root@pam!main=0000";
const get: WireRequest = { method: "GET", target: "/version", timeoutMs: 5000 };
const post: WireRequest = { method: "POST", target: "/x", body: "a=1", timeoutMs: 5000 };

const target = (endpoints: readonly string[], fingerprints: readonly string[]): Target => ({
  cluster: "main",
  endpoints,
  fingerprints,
  credential: { token: TOKEN },
});

test.each(VERSIONS)(
  "%s: the pinned certificate is accepted, however its fingerprint is written and whichever pin it is",
  async (release) => {
    const { client, fingerprint } = await served({ version: release });
    const bare = fingerprint.replaceAll(":", "").toLowerCase();
    for (const fingerprints of [[fingerprint], [bare], [WRONG, bare]])
      expect((await version(client({ fingerprints }))).version).toContain(release);
  },
);

test("another certificate than the pinned one: not a byte of HTTP is sent, and the error says so", async () => {
  const { url, heard } = await listener();
  for (const wire of [get, post])
    await expect(undiciTransport(target([url], [WRONG]))(wire)).rejects.toMatchObject({
      name: "NoAnswer",
      sent: false,
      message: expect.stringContaining("not one of the pinned ones"),
    });
  expect(heard).toEqual([]);
});

test("without a pin a certificate that nobody vouches for is refused before anything is sent", async () => {
  const { url, heard } = await listener();
  await expect(undiciTransport(target([url], []))(post)).rejects.toMatchObject({
    name: "NoAnswer",
    sent: false,
  });
  expect(heard).toEqual([]);
});

test("a connection that breaks before its handshake is done proves that nothing was sent", async () => {
  const server = createServer((socket) => socket.destroy());
  const url = `https://127.0.0.1:${await listening(server)}`;
  onTestFinished(() => void server.close());
  for (const pins of [[], [WRONG]])
    await expect(undiciTransport(target([url], pins))(post)).rejects.toMatchObject({
      name: "NoAnswer",
      sent: false,
    });
});

test("a connection that breaks after the request proves nothing", async () => {
  const { url, fingerprint, heard } = await listener({ drop: true });
  await expect(undiciTransport(target([url], [fingerprint]))(post)).rejects.toMatchObject({ sent: true });
  expect(heard.join("")).toContain("POST /api2/json/x HTTP/1.1");
  expect(heard.join("")).toContain(`authorization: PVEAPIToken=${TOKEN}`);
  expect(heard.join("")).toContain("content-length: 3");
});

test("a server that never answers is given up after the time allowed, and the request may have worked", async () => {
  const { url, fingerprint } = await listener();
  const wire = { ...post, timeoutMs: 60 };
  await expect(undiciTransport(target([url], [fingerprint]))(wire)).rejects.toMatchObject({ sent: true });
});

test.each(VERSIONS)(
  "%s: the next endpoint is tried when one is not reached, and only then",
  async (release) => {
    const { client, fingerprint, url: living, simulator } = await served({ version: release });
    const dead = await nobody();
    expect((await version(client({ endpoints: [dead, living] }))).version).toContain(release);
    const first = await listener({ drop: true });
    const fingerprints = [first.fingerprint, fingerprint];
    simulator.resetCounters();
    const start = power(client({ endpoints: [first.url, living], fingerprints }), guest, "start");
    await expect(start).rejects.toMatchObject({ meaning: "ambiguous" });
    expect([first.heard.length, simulator.counters().total.requests]).toEqual([1, 0]);
    const none = version(client({ endpoints: [dead, dead] }));
    await expect(none).rejects.toMatchObject({ meaning: "unsent" });
    await expect(version(client({ endpoints: [] }))).rejects.toMatchObject({ meaning: "unsent" });
  },
);

const guest = { node: "pve1", type: "qemu" as const, vmid: 101 };

test.each(VERSIONS)("%s: 401: the token is refused, and no error shows it", async (release) => {
  const { client } = await served({ version: release });
  const token = "root@pam!main=11111111-2222-3333-4444-555555555555";
  const error: unknown = await version(client({ credential: { token } })).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ meaning: "credentials", refusal: { status: 401 } });
  expect(JSON.stringify(error) + String(error)).not.toContain("11111111");
});

test.each(VERSIONS)("%s: the text of an error is that of the reason phrase", async (release) => {
  const { client } = await served({ version: release });
  await expect(config(client(), { ...guest, vmid: 999 })).rejects.toMatchObject({
    meaning: "moved",
    message: "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist",
  });
});

test.each(VERSIONS)(
  "%s: a POST whose connection is cut is sent once; what it did stands",
  async (release) => {
    const { client, simulator } = await served({ version: release });
    const path = "/nodes/{node}/qemu/{vmid}/status/stop";
    simulator.faults.add({ match: { method: "POST", path }, do: "cut-after" });
    await expect(power(client(), guest, "stop")).rejects.toMatchObject({
      meaning: "ambiguous",
      refusal: { status: 0 },
    });
    const stops = Object.values(simulator.state.tasks).filter((task) => task.type === "qmstop");
    expect(stops).toHaveLength(1);
  },
);

test.each(VERSIONS)("%s: a GET whose connection is cut is asked once again", async (release) => {
  const { client, simulator } = await served({ version: release });
  simulator.faults.add({ match: { path: "/version", times: 1 }, do: "cut-before" });
  expect((await version(client())).version).toContain(release);
  simulator.faults.clear();
  simulator.faults.add({ match: { path: "/version", times: 2 }, do: "cut-before" });
  await expect(version(client())).rejects.toMatchObject({ meaning: "ambiguous" });
  expect((await version(client())).version).toContain(release);
});

test.each(VERSIONS)(
  "%s: connections are used again, and a hundred requests on one is no error",
  async (release) => {
    const { client } = await served({ version: release });
    const one = client();
    for (let n = 0; n < 120; n++) await version(one);
    const answers = await Promise.all(Array.from({ length: 40 }, () => version(one)));
    expect(answers).toHaveLength(40);
  },
);

test("a GET whose answer got lost is asked of the next endpoint", async () => {
  const { client, fingerprint, url: living } = await served();
  const first = await listener({ drop: true });
  const proxmox = client({
    endpoints: [first.url, living],
    fingerprints: [first.fingerprint, fingerprint],
  });
  expect((await version(proxmox)).version).toMatch(/^8/);
  expect(first.heard).toHaveLength(1);
});
