import * as z from "zod";
import { expect, test } from "vitest";
import { jsonLog } from "../../../core/lib/log.ts";
import {
  NoAnswer,
  proxmoxClient,
  ProxmoxError,
  toFault,
  type WireReply,
  type WireRequest,
} from "../../../core/proxmox/index.ts";
import { virtualClock } from "../../kit/clock.ts";

const ok = (data: unknown): WireReply => ({ status: 200, reason: "OK", body: JSON.stringify({ data }) });
const lost = (sent: boolean) => new NoAnswer("cut", sent);

/** A client whose cluster gives these answers in turn, with what it was asked. */
function scripted(...answers: (WireReply | Error)[]) {
  const asked: WireRequest[] = [];
  const lines: string[] = [];
  const clock = virtualClock();
  const log = jsonLog(
    (line) => lines.push(line),
    () => clock.now(),
  );
  const client = proxmoxClient(
    "main",
    async (wire) => {
      asked.push(wire);
      const answer = answers[asked.length - 1];
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error("asked too often");
      return answer;
    },
    { clock, log },
  );
  const call = (method: WireRequest["method"]) =>
    client.call({ method, path: "/nodes/{node}/x", at: { node: "pve1" } }, z.string());
  return { asked, lines, call };
}

async function failure(promise: Promise<unknown>): Promise<ProxmoxError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProxmoxError)) throw new Error(`no ProxmoxError: ${String(error)}`);
  return error;
}

test("a GET whose answer got lost is asked once more, a write never", async () => {
  const read = scripted(lost(true), ok("x"));
  expect(await read.call("GET")).toBe("x");
  expect(read.asked).toHaveLength(2);
  const twice = scripted(lost(true), lost(true), ok("x"));
  expect((await failure(twice.call("GET"))).meaning).toBe("ambiguous");
  expect(twice.asked).toHaveLength(2);
  for (const method of ["POST", "PUT", "DELETE"] as const) {
    const write = scripted(lost(true), ok("x"));
    expect((await failure(write.call(method))).meaning).toBe("ambiguous");
    expect(write.asked).toHaveLength(1);
  }
});

test("what was never sent is unsent, and is not asked again", async () => {
  for (const method of ["GET", "POST"] as const) {
    const cluster = scripted(lost(false), ok("x"));
    const error = await failure(cluster.call(method));
    expect([error.meaning, cluster.asked.length]).toEqual(["unsent", 1]);
    expect(toFault(error)).toMatchObject({ status: 503, code: "proxmox.unreachable" });
  }
});

test("a failure of which nothing is known is ambiguous", async () => {
  expect((await failure(scripted(new Error("odd")).call("POST"))).meaning).toBe("ambiguous");
});

test("the reason phrase is the text of an error, with what is wrong with each parameter; else the message, else the status", async () => {
  const body = JSON.stringify({ data: null, message: "from the body\n", errors: { vmid: "bad\n" } });
  const phrase = await failure(scripted({ status: 400, reason: "from the phrase", body }).call("POST"));
  expect(phrase.refusal).toEqual({
    node: "pve1",
    path: "/nodes/{node}/x",
    status: 400,
    reason: "from the phrase",
  });
  expect(phrase.errors).toEqual({ vmid: "bad" });
  expect(phrase.message).toContain("(vmid: bad)");
  expect((await failure(scripted({ status: 400, reason: "", body }).call("POST"))).message).toBe(
    "from the body (vmid: bad)",
  );
  for (const text of ["", "plain text", "[]", "null", "{"])
    expect((await failure(scripted({ status: 500, reason: " ", body: text }).call("POST"))).message).toBe(
      "status 500",
    );
});

test("the meaning is found in the message too, when the phrase says nothing of it", async () => {
  const body = JSON.stringify({ data: null, message: "VM is locked (backup)\n" });
  expect(
    (await failure(scripted({ status: 500, reason: "Internal Server Error", body }).call("POST"))).meaning,
  ).toBe("wait");
});

test("a success that cannot be read is ambiguous, for it may have happened", async () => {
  for (const reply of [
    ok(null),
    ok(5),
    { status: 200, reason: "OK", body: "<html>" },
    { status: 302, reason: "Found", body: "" },
  ])
    expect((await failure(scripted(reply).call("POST"))).meaning).toBe("ambiguous");
});

test("each kind of refusal is a fault of its own", async () => {
  for (const [status, reason, wanted, code] of [
    [401, "No ticket", 502, "proxmox.credentials"],
    [403, "Permission check failed (/vms/100, VM.PowerMgmt)", 502, "proxmox.privilege"],
    [500, "VM is locked (backup)", 502, "proxmox.refused"],
    [595, "Connection refused", 503, "proxmox.unreachable"],
    [599, "Too many redirections", 503, "proxmox.unreachable"],
  ] as const) {
    const fault = toFault(await failure(scripted({ status, reason, body: "" }).call("POST")));
    expect([fault.status, fault.code]).toEqual([wanted, code]);
  }
});

test("a credential in an answer reaches neither the error nor the log", async () => {
  const reason = "bad header PVEAPIToken=root@pam!main=deadbeef";
  const { call, lines } = scripted({ status: 500, reason, body: "" });
  const error = await failure(call("POST"));
  expect(error.message + JSON.stringify(error.refusal) + String(error.stack) + lines.join("")).not.toContain(
    "deadbeef",
  );
});

test("each call is one line of the log, with its template, its status and the task that it began", async () => {
  const upid = "UPID:pve1:0002A4F1:019C1B7E:6740F2C5:qmstart:101:root@pam:";
  const { call, lines } = scripted(ok(upid));
  await call("POST");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      event: "proxmox",
      cluster: "main",
      method: "POST",
      path: "/nodes/{node}/x",
      node: "pve1",
      status: 200,
      upid,
    },
  ]);
});
