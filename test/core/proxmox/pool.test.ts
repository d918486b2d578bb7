import { createServer } from "node:https";
import type { ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import type { Transport, WireRequest } from "../../../core/proxmox/index.ts";
import { undiciTransport } from "../../../core/proxmox/undici.ts";
import { fingerprintOf, makeCertificate } from "../../../local/proxmox/certificate.ts";
import { listening } from "./listener.ts";

const get: WireRequest = { method: "GET", target: "/version", timeoutMs: 10_000 };

/** A server that answers when it is told to, with the requests that it holds. */
async function patient(): Promise<{
  transport: Transport;
  held: ServerResponse[];
  connections: () => number;
}> {
  const certificate = await makeCertificate();
  const held: ServerResponse[] = [];
  let connections = 0;
  const server = createServer(certificate, (_, response) => void held.push(response));
  server.on("secureConnection", () => (connections += 1));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const transport = undiciTransport({
    cluster: "main",
    endpoints: [`https://127.0.0.1:${await listening(server)}`],
    fingerprints: [fingerprintOf(certificate)],
    credential: { token: "root@pam!main=0000" },
  });
  return { transport, held, connections: () => connections };
}

test("a node is never given more than four connections; the rest waits, and is answered in the end", async () => {
  const { transport, held, connections } = await patient();
  const all = Promise.all(Array.from({ length: 20 }, () => transport(get)));
  let answered = 0;
  while (answered < 20) {
    await expect.poll(() => held.length, { interval: 1 }).toBeGreaterThan(0);
    expect(held.length).toBeLessThanOrEqual(4);
    for (const response of held.splice(0)) {
      response.end('{"data":null}');
      answered += 1;
    }
  }
  expect((await all).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  expect(connections()).toBeLessThanOrEqual(4);
});

test("a request that was still waiting for a connection when its time was over was not sent", async () => {
  const { transport, held } = await patient();
  const first = Array.from({ length: 4 }, () => transport(get));
  await expect.poll(() => held.length, { interval: 1 }).toBe(4);
  const late = transport({ ...get, method: "POST", body: "", timeoutMs: 20 });
  await expect(late).rejects.toMatchObject({ sent: false });
  for (const response of held.splice(0)) response.end('{"data":null}');
  await Promise.all(first);
  expect(await Promise.all([transport(get), answer(held)])).toMatchObject([{ status: 200 }, 1]);
});

/** Answers the next request that comes; how many there were. */
async function answer(held: ServerResponse[]): Promise<number> {
  await expect.poll(() => held.length, { interval: 1 }).toBeGreaterThan(0);
  const all = held.splice(0);
  for (const response of all) response.end('{"data":null}');
  return all.length;
}

test("an answer that is longer than any of Proxmox's is broken off", async () => {
  const { transport, held } = await patient();
  const asked = transport(get).catch((error: unknown) => error);
  await expect.poll(() => held.length, { interval: 1 }).toBe(1);
  held[0]?.on("error", () => undefined).end(Buffer.alloc(33 * 1024 * 1024, "x"));
  expect(await asked).toMatchObject({ name: "NoAnswer", sent: true });
});
