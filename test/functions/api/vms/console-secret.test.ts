import { expect, test } from "vitest";
import { lab } from "../../../kit/lab.ts";
import { changingNothing, writesTo } from "../../../kit/proof.ts";
import { at, furnished, kept, opened, PATH, route, VM } from "./consoles.ts";

test("201: a repeat of the same Idempotency-Key opens another one, since the first is kept nowhere", async () => {
  const stage = await furnished();
  const request = { ...at(VM, { kind: "spice" }), headers: { "idempotency-key": "open-sesame" } };
  const [first, again] = [await opened(stage, request), await opened(stage, request)];
  expect(again.password).not.toBe(first.password);
  expect(writesTo(stage)).toEqual({ [`${PATH}/spiceproxy`]: 2 });
  const other = await stage.call(route, { ...request, body: { kind: "vnc" } });
  expect(other).toMatchObject({ status: 422, json: { code: "request.key-reused" } });
  expect(stage.store.dump().filter(({ row }) => row.pk.startsWith("once#"))).toMatchObject([
    { row: { anew: true } },
  ]);
});

test("of two with the same Idempotency-Key at once one is told to wait", async () => {
  const stage = await furnished();
  const request = { ...at(VM, { kind: "vnc" }), headers: { "idempotency-key": "open-sesame" } };
  const answers = await Promise.all([stage.call(route, request), stage.call(route, request)]);
  expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(["201", "409"]);
  expect(writesTo(stage)).toEqual({ [`${PATH}/vncproxy`]: 1 });
});

test("I1: a refusal keeps no Idempotency-Key: the same call is asked anew, and refused for its own reason", async () => {
  const stage = await lab();
  const request = { ...at(107, { kind: "vnc" }), headers: { "idempotency-key": "open-sesame" } };
  const first = await stage.call(route, request);
  expect(first).toMatchObject({ status: 409, json: { code: "vm.stopped" } });
  const again = await changingNothing(stage, () => stage.call(route, request));
  expect(again).toMatchObject({ status: 409, json: { code: "vm.stopped" } });
  const guest = stage.simulator.state.guests[107];
  if (guest) guest.status = "running";
  expect((await stage.call(route, request)).status).toBe(201);
});

const TICKET = "PVEVNC:6742D0A1::c2lnbmF0dXJlLW9mLWEtdGlja2V0";

test("503: an answer that cannot be read is told of without the ticket in it", async () => {
  const stage = await lab();
  const body = JSON.stringify({ data: { port: "no number", user: "root@pam", ticket: TICKET } });
  stage.simulator.faults.add({ match: { method: "POST" }, do: "answer", status: 200, reason: "OK", body });
  const answer = await stage.call(route, at(VM, { kind: "vnc" }));
  expect(answer).toMatchObject({ status: 503, json: { code: "proxmox.unreachable" } });
  expect(`${answer.body}\n${kept(stage)}`).not.toContain(TICKET);
});

test("502: a refusal that repeats a ticket is told without it", async () => {
  const stage = await lab();
  const reason = `cannot open ${TICKET}`;
  stage.simulator.faults.add({ match: { method: "POST" }, do: "answer", status: 500, reason });
  const answer = await stage.call(route, at(VM, { kind: "vnc" }));
  expect(answer).toMatchObject({ status: 502, json: { code: "proxmox.refused" } });
  expect(`${answer.body}\n${kept(stage)}`).not.toContain(TICKET);
});

test("201: a hostile cluster can neither add a line to the file nor a key", async () => {
  const stage = await furnished();
  const data = {
    type: "spice",
    title: "VM 102\npassword=theirs\n[ovirt]\nhost=evil.example",
    host: "pvespiceproxy:6742d0a1:102:pve2::c0ffee",
    password: "deadbeef",
    proxy: "http://pve.test:3128",
    "tls-port": "61000",
    "host-subject": "CN=pve2",
    ca: "PEM",
    "newer-version-url": "https://evil.example/viewer.exe",
  };
  const body = JSON.stringify({ data });
  stage.simulator.faults.add({ match: { method: "POST" }, do: "answer", status: 200, reason: "OK", body });
  const { viewerFile } = await opened(stage, at(VM, { kind: "spice" }));
  expect(viewerFile?.split("\n").map((line) => line.split("=")[0])).toEqual([
    "[virt-viewer]",
    "type",
    "title",
    "host",
    "proxy",
    "tls-port",
    "host-subject",
    "ca",
    "password",
    "",
  ]);
});
