import * as fc from "fast-check";
import { expect, test } from "vitest";
import { jsonLog } from "../../../core/lib/log.ts";
import { redact, redactText } from "../../../core/lib/redact.ts";

const HEX = "0123456789abcdef";
const secret = fc.string({ unit: fc.constantFrom(...HEX.split("")), minLength: 24, maxLength: 36 });
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** The ways in which a credential may stand in a text. */
const WRITTEN: readonly ((secret: string) => string)[] = [
  (one) => `PVEAPIToken=root@pam!main=${one}`,
  (one) => encodeURIComponent(`PVEAPIToken=root@pam!main=${one}`),
  (one) => base64(`PVEAPIToken=root@pam!main=${one}`),
  (one) => base64(`xPVEAPIToken=root@pam!main=${one}`),
  (one) => base64(`xyPVEAPIToken=root@pam!main=${one}`),
  (one) => Buffer.from(`xyzPVEAPIToken=root@pam!main=${one}`).toString("base64url"),
  (one) => `PVEAuthCookie=PVE:root@pam:6566AB01::${base64(one)}`,
  (one) => `PVE:ann@ldap.example_org:6566AB01::${one}`,
  (one) => encodeURIComponent(`PVE:ann@pve:6566AB01::${one}`),
  (one) => `PVEVNC:6566AB01::${one}`,
  (one) => `pvespiceproxy:6566ab01:101:pve-1.a::${one}`,
  (one) => encodeURIComponent(`pvespiceproxy:6566ab01:101:pve1:61001::${one}`),
  (one) => `vncticket=${encodeURIComponent(`PVEVNC:6566AB01::${one}`)}`,
  (one) => `mox_abcdefghijkl_${one}`,
];

const text = fc
  .tuple(
    secret,
    fc.constantFrom(...WRITTEN),
    fc.constantFrom("", "before ", '{"a":"'),
    fc.constantFrom("", " after", '"}'),
  )
  .map(([hidden, write, before, after]) => ({
    hidden: [hidden, base64(hidden)],
    value: `${before}${write(hidden)}${after}`,
  }));

const FIELDS = [
  "authorization",
  "Authorization",
  "X-Api-Key",
  "cookie",
  "CSRFPreventionToken",
  "password",
  "cipassword",
  "passwd",
  "token",
  "secret",
  "clientSecret",
  "ticket",
  "vncticket",
  "viewerFile",
  "new-password",
  "sshkeys",
  "apiKey",
  "pepper",
] as const;

const field = fc
  .tuple(secret, fc.constantFrom(...FIELDS))
  .map(([hidden, name]) => ({ hidden: [hidden], value: { [name]: hidden } }));

/** A value with a credential somewhere within it. */
const nested = fc.letrec<{ value: { hidden: string[]; value: unknown } }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.oneof(text, field),
    tie("value").map(({ hidden, value }) => ({ hidden, value: [1, value, "x"] })),
    tie("value").map(({ hidden, value }) => ({ hidden, value: { a: { b: value }, c: null } })),
    text.map(({ hidden, value }) => ({ hidden, value: new Error(value) })),
    text.map(({ hidden, value }) => ({ hidden, value: { [value]: 1 } })),
  ),
})).value;

test("a credential never survives, however deep it stands and however it is written", () => {
  fc.assert(
    fc.property(nested, ({ hidden, value }) => {
      const lines: string[] = [];
      jsonLog(
        (line) => lines.push(line),
        () => new Date(0),
      ).error("event", { value });
      for (const part of hidden) {
        expect(JSON.stringify(redact(value))).not.toContain(part);
        expect(lines.join("")).not.toContain(part);
      }
    }),
    { numRuns: 500 },
  );
});

test("what is around a credential stays, and so does what is none", () => {
  expect(redactText("GET /x with PVEAPIToken=root@pam!a=b, then 401")).toBe(
    "GET /x with [redacted], then 401",
  );
  const value = {
    name: "web",
    tokens: 3,
    at: new Date(0),
    upid: "UPID:pve1:0001:0002:0003:qmstart:1:root@pam!main:",
  };
  expect(redact(value)).toEqual(value);
  expect(redact({ password: undefined })).toEqual({ password: undefined });
});

test("a log line is one line of JSON with its level, and carries what was added", () => {
  const lines: string[] = [];
  const log = jsonLog(
    (line) => lines.push(line),
    () => new Date(0),
    { stage: "test" },
  ).with({ requestId: "req_1" });
  log.info("a\nb", { n: 1 });
  log.warn("c");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { at: "1970-01-01T00:00:00.000Z", level: "info", event: "a\nb", stage: "test", requestId: "req_1", n: 1 },
    { at: "1970-01-01T00:00:00.000Z", level: "warn", event: "c", stage: "test", requestId: "req_1" },
  ]);
  expect(lines.every((line) => !line.includes("\n"))).toBe(true);
});

test("a VNC password that stands before its ticket goes with it", () => {
  expect(redactText("open with a!B3~x:z:PVEVNC:6566AB01::c2ln at once")).toBe("open with [redacted] at once");
});
