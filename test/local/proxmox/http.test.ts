import { expect, test } from "vitest";
import { rows, simulation } from "./lab.ts";

test("401 comes after three seconds, without a body, and says which of the two it is", async () => {
  const { send, clock } = simulation();
  for (const [authorization, reason] of [
    ["", "No ticket"],
    ["Bearer x", "No ticket"],
    ["PVEAPIToken=root@pam!main=wrong", "Authentication failed!"],
    ["PVEAPIToken=root@pam!nosuch=x", "Authentication failed!"],
    ["PVEAPIToken=garbage", "Authentication failed!"],
  ] as const) {
    const before = clock.now().getTime();
    const answer = await send("GET", "/nosuch", {}, { authorization });
    expect([answer.status, answer.reason, answer.body]).toEqual([401, reason, ""]);
    expect(answer.headers["content-type"]).toBeUndefined();
    expect(clock.now().getTime() - before).toBe(3000);
  }
});

test("a revoked token is a 401", async () => {
  const { get, simulator } = simulation();
  simulator.revokeToken("root@pam!main");
  expect((await get("/version")).status).toBe(401);
});

test("a password makes a ticket; writes with it need the CSRF token; a wrong password is a 401 with JSON", async () => {
  const { send, simulator, where } = simulation();
  const none = { authorization: "" };
  const login = (password: string) =>
    send("POST", "/access/ticket", { username: "root@pam", password }, none);
  const wrong = await login("wrong");
  expect([wrong.status, wrong.reason, wrong.json.data]).toEqual([401, "authentication failure", null]);
  const made: Record<string, unknown> = Object((await login(simulator.password)).json.data);
  const cookie = { ...none, cookie: `PVEAuthCookie=${encodeURIComponent(String(made.ticket))}` };
  expect((await send("GET", "/version", {}, cookie)).status).toBe(200);
  const path = `${where(101)}/config`;
  expect((await send("PUT", path, { cores: 1 }, cookie)).reason).toBe(
    "Permission denied - invalid csrf token",
  );
  const csrfpreventiontoken = String(made.CSRFPreventionToken);
  expect((await send("PUT", path, { cores: 1 }, { ...cookie, csrfpreventiontoken })).status).toBe(200);
});

test("unknown paths and methods are 501, and a call that is known but not simulated says so", async () => {
  const { get, send } = simulation();
  expect((await get("/nosuch")).reason).toBe("Method 'GET /nosuch' not implemented");
  expect((await send("DELETE", "/nodes")).reason).toBe("Method 'DELETE /nodes' not implemented");
  expect((await send("PATCH", "/version")).reason).toBe("method 'PATCH' not available");
  expect((await get("/cluster/sdn/dns")).reason).toBe("not simulated yet: GET /cluster/sdn/dns");
});

test("a body on GET or DELETE, a long body and a foreign content type are refused in plain text", async () => {
  const { simulator, clock } = simulation();
  const send = (method: string, body: string, type = "application/x-www-form-urlencoded") => {
    const headers = { authorization: `PVEAPIToken=${simulator.token}`, "content-type": type };
    return clock.until(simulator.handle({ method, target: "/api2/json/version", headers, body }));
  };
  const deleted = await send("DELETE", "a=1");
  expect([deleted.status, deleted.body]).toEqual([501, "Unexpected content for method 'DELETE'"]);
  expect((await send("POST", "a".repeat(600_000))).reason).toBe("for data too large");
  expect((await send("POST", "x", "text/plain")).status).toBe(506);
});

test("the text of an error is the reason phrase; the body repeats it from 8.3 on only", async () => {
  const text = "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist";
  for (const [version, message] of [
    ["7.4", undefined],
    ["8.4", `${text}\n`],
  ] as const) {
    const answer = await simulation({ version }).get("/nodes/pve1/qemu/999/config");
    expect([answer.status, answer.reason, answer.json.message]).toEqual([500, text, message]);
  }
});

test("JSON bodies are taken: true is 1, a list is a list", async () => {
  const { simulator, clock, get, where } = simulation();
  const headers = { authorization: `PVEAPIToken=${simulator.token}`, "content-type": "application/json" };
  const body = JSON.stringify({ onboot: true, tags: ["b", "A"] });
  const target = `/api2/json${where(101)}/config`;
  expect((await clock.until(simulator.handle({ method: "PUT", target, headers, body }))).status).toBe(200);
  expect((await get(`${where(101)}/config`)).json.data).toMatchObject({ onboot: 1, tags: "a;b" });
});

test("forwarded answers carry both words of Connection, others do not", async () => {
  const { get, where } = simulation();
  expect((await get(`${where(101)}/status/current`)).headers.connection).toBe("close, Keep-Alive");
  expect((await get(`${where(101)}/config`)).headers.connection).toBeUndefined();
});

test("an unknown node is a failed lookup, and localhost is the node that is spoken to", async () => {
  const { get } = simulation();
  expect((await get("/nodes/nosuch/qemu")).reason).toMatch(
    /^hostname lookup 'nosuch' failed - failed to get address/,
  );
  expect(rows(await get("/nodes/localhost/qemu"))).toEqual(rows(await get("/nodes/pve1/qemu")));
});

test("an offline node: 595 after thirty seconds without a body; its row says offline; others work", async () => {
  const { get, simulator, clock } = simulation();
  simulator.setNode("pve2", { online: false });
  const before = clock.now().getTime();
  const answer = await get("/nodes/pve2/qemu");
  expect([answer.status, answer.reason, answer.body]).toEqual([595, "Connection timed out", ""]);
  expect(clock.now().getTime() - before).toBe(30_000);
  const node = rows(await get("/nodes")).find((row) => row.node === "pve2");
  expect(node).toMatchObject({ status: "offline" });
  expect(node).not.toHaveProperty("mem");
  expect((await get("/nodes/pve1/qemu")).status).toBe(200);
  const request = { method: "GET", target: "/api2/json/version", headers: {}, via: "pve2" };
  await expect(simulator.handle(request)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("a token with privilege separation and without rights sees bare node rows only and may do nothing", async () => {
  const { get, post, simulator, where } = simulation();
  Object.assign(simulator.state.tokens["root@pam!main"] ?? {}, { privsep: true });
  expect(rows(await get("/cluster/resources", { type: "vm" }))).toEqual([]);
  expect(rows(await get("/cluster/resources", { type: "node" }))[0]).toEqual({
    id: "node/pve1",
    type: "node",
    node: "pve1",
    status: "online",
    level: "",
  });
  expect((await get(`${where(101)}/config`)).reason).toBe("Permission check failed (/vms/101, VM.Audit)");
  const refused = await post(`${where(101)}/status/start`, { foo: 1 });
  expect([refused.status, refused.reason]).toEqual([403, "Permission check failed (/vms/101, VM.PowerMgmt)"]);
  simulator.state.acls.push({
    path: "/vms",
    type: "token",
    ugid: "root@pam!main",
    roleid: "PVEVMUser",
    propagate: true,
  });
  expect((await get(`${where(101)}/config`)).status).toBe(200);
  expect((await post(`${where(101)}/status/start`)).status).toBe(200);
  expect((await get("/access/permissions", { path: "/vms/101" })).json.data).toMatchObject({
    "/vms/101": { "VM.Audit": 1 },
  });
});
