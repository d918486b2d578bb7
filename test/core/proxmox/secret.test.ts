import * as fc from "fast-check";
import { expect, test } from "vitest";
import { inspect } from "node:util";
import { authorised } from "../../../core/proxmox/authorise.ts";
import { conceal } from "../../../core/proxmox/conceal.ts";
import { NoAnswer, type WireReply } from "../../../core/proxmox/transport.ts";
import { jsonLog } from "../../../core/lib/log.ts";
import {
  proxmoxClient,
  snapshots,
  takeSnapshot,
  toFault,
  ProxmoxError,
  type Credential,
} from "../../../core/proxmox/index.ts";
import { undiciTransport } from "../../../core/proxmox/undici.ts";
import { virtualClock } from "../../kit/clock.ts";
import { listener } from "./listener.ts";

/** What a person or a generator takes for a secret: no blanks, no line breaks, eight characters at least. */
const letters = fc.constantFrom(..."abcXYZ0189-_.:+/=&%$!?#\"'\\<>{}[]~üß€".split(""));
const secret = fc.string({ unit: letters, minLength: 12, maxLength: 40 }).map((text) => `s${text}`);
const credential: fc.Arbitrary<{ credential: Credential; secret: string }> = fc.oneof(
  secret.map((text) => ({ credential: { token: `root@pam!main=${text}` }, secret: text })),
  secret.map((text) => ({ credential: { user: "root@pam", password: text }, secret: text })),
);

/** The ways in which a broken or hostile server, or a proxy before it, repeats what it was sent. */
const ECHOES: readonly ((secret: string) => WireReply | Error)[] = [
  (text) => ({ status: 500, reason: `odd: ${text}`, body: "" }),
  (text) => ({ status: 500, reason: "odd", body: text }),
  (text) => ({ status: 500, reason: "", body: JSON.stringify({ data: null, message: `bad ${text}` }) }),
  (text) => ({ status: 400, reason: "no", body: JSON.stringify({ errors: { a: text, [text]: "b" } }) }),
  (text) => ({ status: 403, reason: `Permission check failed (/vms/${text}, VM.Audit)`, body: "" }),
  (text) => ({ status: 401, reason: text, body: text }),
  (text) => ({ status: 596, reason: encodeURIComponent(text), body: "" }),
  (text) => ({
    status: 502,
    reason: "Bad Gateway",
    body: `<html>${new URLSearchParams({ p: text }).toString()}</html>`,
  }),
  (text) => ({ status: 200, reason: "OK", body: JSON.stringify({ data: [{ name: 5, [text]: text }] }) }),
  (text) => ({ status: 200, reason: "OK", body: JSON.stringify({ data: { [text]: { [text]: 1 } } }) }),
  (text) => ({ status: 200, reason: "OK", body: text }),
  (text) => ({ status: 500, reason: Buffer.from(`root@pam:${text}`).toString("utf8"), body: "" }),
  (text) => ({ status: 500, reason: Buffer.from(text).toString("base64"), body: "" }),
  (text) => new NoAnswer(`cannot send ${text}`, true, new Error(text)),
  (text) => new NoAnswer(`cannot send ${text}`, false, { headers: text }),
  (text) => new Error(`header ${text}`),
];

/** Everything that anybody could print of it. */
const printed = (value: unknown): string =>
  [inspect(value, { depth: 12, showHidden: true }), JSON.stringify(value), String(value)].join("\n") +
  (value instanceof Error
    ? printed(value.message + String(value.stack)) + (value.cause ? printed(value.cause) : "")
    : "");

const spellings = (text: string) => [
  text,
  encodeURIComponent(text),
  JSON.stringify(text).slice(1, -1),
  inspect(text).slice(1, -1),
  Buffer.from(text).toString("base64").replace(/=+$/, ""),
];

test("a secret that a server repeats reaches no error, no fault and no line of the log", async () => {
  const guest = { node: "pve1", type: "qemu" as const, vmid: 101 };
  const snapshot = { snapname: "a1", description: "", vmstate: false };
  await fc.assert(
    fc.asyncProperty(credential, fc.constantFrom(...ECHOES), fc.boolean(), async (given, echo, write) => {
      const clock = virtualClock();
      const lines: string[] = [];
      const log = jsonLog(
        (line) => void lines.push(line),
        () => clock.now(),
      );
      const ticket = { data: { ticket: `PVE:root@pam:${given.secret}`, CSRFPreventionToken: "c:abcdefgh" } };
      const transport = authorised(
        given.credential,
        async (wire) => {
          if (wire.target === "/access/ticket")
            return { status: 200, reason: "OK", body: JSON.stringify(ticket) };
          const answer = echo(given.secret);
          if (answer instanceof Error) throw answer;
          return answer;
        },
        clock,
      );
      const client = proxmoxClient("main", transport, { clock, log });
      const call = write ? takeSnapshot(client, guest, snapshot) : snapshots(client, guest);
      const error: unknown = await call.then(
        (value) => value,
        (reason: unknown) => reason,
      );
      const fault = error instanceof ProxmoxError ? toFault(error) : undefined;
      const shown = [printed(error), printed(fault), printed(fault?.particulars), ...lines].join("\n");
      for (const spelling of spellings(given.secret)) expect(shown.includes(spelling)).toBe(false);
    }),
    { numRuns: 400 },
  );
});

test("a secret that cannot be a header is not sent, and not told", async () => {
  const { url, fingerprint, heard } = await listener();
  const credential = { token: "root@pam!main=abc\r\nX-Evil: hunter22" };
  const target = { cluster: "main", endpoints: [url], fingerprints: [fingerprint], credential };
  const sent = undiciTransport(target)({ method: "GET", target: "/version", timeoutMs: 5000 });
  const error: unknown = await sent.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: "NoAnswer", sent: false });
  expect(printed(error)).not.toContain("hunter22");
  expect(heard).toEqual([]);
});

test("a secret is taken out however it is encoded, and one that holds another leaves nothing of either", () => {
  const long = 'p"ä ss/=word';
  const text = [long, encodeURIComponent(long), "p%22%C3%A4+ss%2F%3Dword", JSON.stringify(long)].join("|");
  expect(conceal(text, [long])).toBe('[redacted]|[redacted]|[redacted]|"[redacted]"');
  expect(conceal("abcdefgh abcd", ["abcd", "abcdefgh"])).toBe("[redacted] [redacted]");
  expect(conceal("a cat", ["a"])).toBe("a cat");
});
