import { expect, test } from "vitest";
import { parseCredential, power, version } from "../../../core/proxmox/index.ts";
import { authorised } from "../../../core/proxmox/authorise.ts";
import type { Headers } from "../../../core/proxmox/failover.ts";
import { NoAnswer, type WireReply, type WireRequest } from "../../../core/proxmox/transport.ts";
import { virtualClock } from "../../kit/clock.ts";
import { passwordOf, served } from "./stage.ts";

const guest = { node: "pve1", type: "qemu" as const, vmid: 101 };
const HOUR = 3_600_000;

/** A Proxmox that gives tickets in turn and accepts the newest alone. */
function doorkeeper() {
  const clock = virtualClock();
  const logins: string[] = [];
  const heard: { wire: WireRequest; headers: Headers }[] = [];
  const state: { given: number; refuse?: WireReply; broken: boolean } = { given: 0, broken: false };
  const reply = (status: number, data: unknown): WireReply => ({
    status,
    reason: status === 200 ? "OK" : "permission denied",
    body: JSON.stringify({ data }),
  });
  const carry = async (wire: WireRequest, headers: Headers): Promise<WireReply> => {
    if (wire.target === "/access/ticket") {
      logins.push(new URLSearchParams(wire.body).get("password") ?? "");
      if (state.broken) throw new NoAnswer("cut", true);
      if (state.refuse) return state.refuse;
      state.given += 1;
      return reply(200, { ticket: `PVE:t${state.given}`, CSRFPreventionToken: `csrf${state.given}` });
    }
    heard.push({ wire, headers });
    const good = headers["cookie"] === `PVEAuthCookie=PVE%3At${state.given}`;
    return good ? reply(200, "x") : reply(401, null);
  };
  const transport = authorised({ user: "root@pam", password: "password" }, carry, clock);
  const get: WireRequest = { method: "GET", target: "/version", timeoutMs: 1000 };
  return { clock, logins, heard, state, transport, get };
}

test("a user with a password gets a ticket, and its CSRF token goes with every write and with no read", async () => {
  const { heard, logins, transport, get } = doorkeeper();
  await transport(get);
  await transport({ ...get, method: "POST", body: "" });
  expect(heard.map(({ headers }) => headers["csrfpreventiontoken"])).toEqual([undefined, "csrf1"]);
  expect(logins).toEqual(["password"]);
});

test("however many requests begin at once, there is one login", async () => {
  const { logins, transport, get } = doorkeeper();
  await Promise.all(Array.from({ length: 20 }, () => transport(get)));
  expect(logins).toEqual(["password"]);
});

test("at half of its life a ticket is renewed with itself as the password, once for all who need it", async () => {
  const { clock, logins, transport, get } = doorkeeper();
  await transport(get);
  await clock.advance(HOUR - 1);
  await transport(get);
  expect(logins).toHaveLength(1);
  await clock.advance(1);
  await Promise.all([transport(get), transport(get)]);
  expect(logins).toEqual(["password", "PVE:t1"]);
});

test("a ticket that is too old, or is not taken for a password, gives way to the password", async () => {
  const { clock, logins, state, transport, get } = doorkeeper();
  await transport(get);
  await clock.advance(2 * HOUR);
  await transport(get);
  expect(logins).toEqual(["password", "password"]);
  await clock.advance(HOUR);
  state.refuse = { status: 401, reason: "authentication failure", body: "" };
  expect((await transport(get)).status).toBe(401);
  expect(logins.slice(2)).toEqual(["PVE:t2", "password"]);
});

test("a ticket that is refused is got anew once, and the request repeated: a 401 was not carried out", async () => {
  const { heard, logins, state, transport, get } = doorkeeper();
  await transport(get);
  state.given = 7;
  expect((await transport({ ...get, method: "POST", body: "" })).status).toBe(200);
  expect([logins.length, heard.length]).toEqual([2, 3]);
  expect(heard.at(-1)?.headers["cookie"]).toBe("PVEAuthCookie=PVE%3At8");
});

test("requests that are refused at the same time share one new login", async () => {
  const { logins, state, transport, get } = doorkeeper();
  await transport(get);
  state.given = 7;
  const all = await Promise.all(Array.from({ length: 10 }, () => transport(get)));
  expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  expect(logins).toHaveLength(2);
});

test("a login that is refused is the answer, and the request is not sent", async () => {
  for (const reply of [
    { status: 401, reason: "authentication failure", body: "" },
    { status: 400, reason: "Parameter verification failed.", body: "" },
    {
      status: 200,
      reason: "OK",
      body: JSON.stringify({ data: { ticket: "PVE:!tfa!x", CSRFPreventionToken: "c", NeedTFA: 1 } }),
    },
  ]) {
    const { heard, state, transport, get } = doorkeeper();
    state.refuse = reply;
    expect((await transport(get)).status).toBe(401);
    expect(heard).toEqual([]);
  }
});

test("a login whose answer got lost leaves the request unsent", async () => {
  const { heard, state, transport, get } = doorkeeper();
  state.broken = true;
  await expect(transport({ ...get, method: "POST", body: "" })).rejects.toMatchObject({ sent: false });
  state.broken = false;
  state.refuse = { status: 595, reason: "Connection refused", body: "" };
  await expect(transport(get)).rejects.toMatchObject({ sent: false });
  expect(heard).toEqual([]);
});

test.each(["7.4", "8.4", "9.2"] as const)("%s: user and password read and write", async (release) => {
  const { simulator, client } = await served({ version: release });
  const proxmox = client({ credential: passwordOf(simulator) });
  expect((await version(proxmox)).version).toContain(release);
  expect(await power(proxmox, guest, "stop")).toMatch(/^UPID:pve1:.*:qmstop:101:root@pam:$/);
  expect(simulator.counters().calls["POST /access/ticket"]?.requests).toBe(1);
});

test("a secret is a token, or JSON with a token or a user and a password", () => {
  expect(parseCredential("root@pam!main=s3cret\n")).toEqual({ token: "root@pam!main=s3cret" });
  expect(parseCredential('{"token":"a@pve!b=c"}')).toEqual({ token: "a@pve!b=c" });
  expect(parseCredential('{"user":"root@pam","password":"p w=!"}')).toEqual({
    user: "root@pam",
    password: "p w=!",
  });
});

test.each([
  "",
  "hunter22",
  "root@pam=hunter22",
  "root!main=hunter22",
  "root@pam!main=hunter22\r\nX: y",
  "root@pam!main=hunter22 x",
  '{"user":"root@pam","password":"hunter22\\n"}',
  '{"user":"root","password":"hunter22"}',
  '{"user":"root@pam","hunter22":1}',
  '{"password":"hunter22"',
])("%j is no credential, and the error does not repeat it", (secret) => {
  expect(() => parseCredential(secret)).toThrow(/^a credential is written (?!.*hunter22)/);
});
