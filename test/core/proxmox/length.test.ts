import { expect, test } from "vitest";
import { mostBytes } from "../../../core/proxmox/bounds.ts";
import type { Kind, WireRequest } from "../../../core/proxmox/transport.ts";
import { undiciTransport } from "../../../core/proxmox/undici.ts";
import { listener } from "./listener.ts";

const KINDS: readonly Kind[] = ["read", "list", "write", "agent"];

/** Asks a server of this machine that answers with so many bytes, told beforehand or not. */
async function ask(kind: Kind, bytes: number, told: boolean) {
  const length = told ? `content-length: ${bytes}\r\n` : "connection: close\r\n";
  const answer = `HTTP/1.1 200 OK\r\n${length}\r\n${"x".repeat(bytes)}`;
  const { url, fingerprint } = await listener({ answer });
  const credential = { token: "root@pam!main=0000" };
  const send = undiciTransport({
    cluster: "main",
    endpoints: [url],
    fingerprints: [fingerprint],
    credential,
  });
  const wire: WireRequest = { method: "POST", target: "/x", body: "a=1", kind, timeoutMs: 60_000 };
  return send(wire);
}

test.each(KINDS)("B8: an answer to a %s that is as long as it may be is read whole", async (kind) => {
  const { status, body } = await ask(kind, mostBytes(kind), true);
  expect([status, body.length]).toEqual([200, mostBytes(kind)]);
});

test.each(KINDS.flatMap((kind) => [true, false].map((told) => [kind, told] as const)))(
  "B8: an answer to a %s that is a byte longer is not kept, its length told before: %s",
  async (kind, told) => {
    const most = mostBytes(kind);
    await expect(ask(kind, most + 1, told)).rejects.toMatchObject({
      name: "NoAnswer",
      sent: true,
      message: `an answer of more than ${most} bytes`,
    });
  },
);
