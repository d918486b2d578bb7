import { createServer } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import type { Target, WireRequest } from "../../../core/proxmox/index.ts";
import { connector } from "../../../core/proxmox/tls.ts";
import { undiciTransport } from "../../../core/proxmox/undici.ts";
import { fingerprintOf, makeCertificate } from "../../../local/proxmox/certificate.ts";
import { listener, listening } from "./listener.ts";

const WRONG = Array.from({ length: 32 }, () => "AB").join(":");
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{"data":null}';
const get: WireRequest = { method: "GET", target: "/version", timeoutMs: 5000 };
const base = { cluster: "main", fingerprints: [], credential: { token: "root@pam!main=0000" } } as const;

const ask = (target: Omit<Target, "cluster" | "credential">) => undiciTransport({ ...base, ...target })(get);
const refused = { name: "NoAnswer", sent: false, mistrusted: true };

test("an endpoint may have pins of its own, and then those of the cluster do not hold for it", async () => {
  const { url, fingerprint, heard } = await listener({ answer: OK });
  const own = (pin: string) => ({ endpoints: [url], pins: { [url]: [pin] } });
  expect(await ask({ ...own(fingerprint), fingerprints: [WRONG] })).toMatchObject({ status: 200 });
  expect(heard).toHaveLength(1);
  await expect(ask({ ...own(WRONG), fingerprints: [fingerprint] })).rejects.toMatchObject(refused);
  expect(heard).toHaveLength(1);
});

test("a certificate is exchanged without a gap: while both are pinned, the old and the new one pass", async () => {
  const [old, renewed] = [await listener({ answer: OK }), await listener({ answer: OK })];
  const fingerprints = [old.fingerprint, renewed.fingerprint];
  for (const { url } of [old, renewed])
    expect(await ask({ endpoints: [url], fingerprints })).toMatchObject({ status: 200 });
});

test("a certificate authority vouches in place of a pin, for its own certificates alone", async () => {
  const { url, certificate, heard } = await listener({ answer: OK });
  const other = await makeCertificate();
  expect(await ask({ endpoints: [url], fingerprints: [], ca: certificate.cert })).toMatchObject({
    status: 200,
  });
  await expect(ask({ endpoints: [url], fingerprints: [], ca: other.cert })).rejects.toMatchObject({
    sent: false,
  });
  expect(heard).toHaveLength(1);
});

test("with a pin and an authority both have to hold", async () => {
  const { url, certificate, fingerprint, heard } = await listener({ answer: OK });
  const other = await makeCertificate();
  const both = (pin: string, ca: string) => ask({ endpoints: [url], fingerprints: [pin], ca });
  expect(await both(fingerprint, certificate.cert)).toMatchObject({ status: 200 });
  await expect(both(WRONG, certificate.cert)).rejects.toMatchObject(refused);
  await expect(both(fingerprint, other.cert)).rejects.toMatchObject({ sent: false });
  expect(heard).toHaveLength(1);
});

test("nothing is looked at only where a target says so in so many words", async () => {
  const { url, heard } = await listener({ answer: OK });
  await expect(ask({ endpoints: [url], fingerprints: [] })).rejects.toMatchObject({ sent: false });
  expect(heard).toEqual([]);
  expect(await ask({ endpoints: [url], fingerprints: [WRONG], insecure: true })).toMatchObject({
    status: 200,
  });
});

test("a certificate that is not the pinned one ends it: no other endpoint is tried, and nothing is sent", async () => {
  const [wrong, right] = [await listener({ answer: OK }), await listener({ answer: OK })];
  const endpoints = [wrong.url, right.url];
  await expect(ask({ endpoints, fingerprints: [right.fingerprint] })).rejects.toMatchObject(refused);
  expect([...wrong.heard, ...right.heard]).toEqual([]);
});

test("a session is never resumed, so that each connection shows its certificate", async () => {
  const certificate = await makeCertificate();
  const reused: boolean[] = [];
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    const server = createServer({ ...certificate, maxVersion }, (socket) => {
      reused.push(socket.isSessionReused());
      socket.end("x");
    });
    onTestFinished(() => void server.close());
    const port = String(await listening(server));
    const target = { ...base, endpoints: [], fingerprints: [fingerprintOf(certificate)] };
    const connect = connector(target);
    for (let n = 0; n < 3; n++) {
      await new Promise<void>((resolve, reject) =>
        connect({ hostname: "127.0.0.1", port }, (error, socket) => {
          if (error) return reject(error);
          return socket.on("data", () => undefined).on("close", () => resolve());
        }),
      );
    }
  }
  expect(reused).toEqual(Array.from({ length: 6 }, () => false));
});
