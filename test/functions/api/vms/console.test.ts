import { expect, test } from "vitest";
import { VERSIONS } from "../../../../local/proxmox/index.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, changingNothing, writesTo } from "../../../kit/proof.ts";
import { Problem } from "../../../kit/shape.ts";
import { at, CONTAINER, furnished, opened, PATH, route, told, VM } from "./consoles.ts";

test.for(VERSIONS)(
  "201: VNC of a VM, on Proxmox %s, for any client that reaches the port",
  async (version) => {
    const stage = await furnished({ version });
    expect(await opened(stage, at(VM, { kind: "vnc" }))).toMatchObject({
      vm: { id: "main/102", name: "web-2", type: "qemu" },
      node: "pve2",
      host: "pve.test",
      port: 5900,
      user: "root@pam!main",
      ticket: expect.stringContaining("PVEVNC:"),
      password: expect.stringMatching(/^.{8}$/),
      certificate: expect.stringContaining("BEGIN CERTIFICATE"),
      websocketUrl: null,
      viewerFile: null,
      upid: expect.stringContaining(":vncproxy:102:"),
      seconds: 10,
    });
    expect(writesTo(stage)).toEqual({ [`${PATH}/vncproxy`]: 1 });
  },
);

test.for(VERSIONS)("201: a terminal of a VM, on Proxmox %s, behind the websocket", async (version) => {
  const stage = await furnished({ version });
  const { websocketUrl, ticket, ...rest } = await opened(stage, at(VM, { kind: "terminal" }));
  expect(rest).toMatchObject({
    host: "pve.test",
    port: 5900,
    password: null,
    certificate: null,
    seconds: 10,
  });
  const url = new URL(websocketUrl ?? "");
  expect(`${url.origin}${url.pathname}`).toBe(
    "wss://pve.test:8006/api2/json/nodes/pve2/qemu/102/vncwebsocket",
  );
  expect(Object.fromEntries(url.searchParams)).toEqual({ port: "5900", vncticket: ticket });
  expect(writesTo(stage)).toEqual({ [`${PATH}/termproxy`]: 1 });
});

test.for(VERSIONS)("201: SPICE of a VM, on Proxmox %s, as a file for remote-viewer", async (version) => {
  const stage = await furnished({ version });
  const answer = await opened(stage, at(VM, { kind: "spice" }));
  expect(answer).toMatchObject({
    host: "pve.test",
    port: 3128,
    user: null,
    websocketUrl: null,
    upid: null,
    seconds: 30,
    certificate: expect.stringMatching(/^-----BEGIN CERTIFICATE-----\n/),
  });
  const lines = answer.viewerFile?.split("\n") ?? [];
  expect(lines[0]).toBe("[virt-viewer]");
  expect(lines).toContain(`password=${answer.password}`);
  expect(lines).toContain(`host=${answer.ticket}`);
  expect(lines).toContain("proxy=http://pve.test:3128");
  expect(lines).toContain("title=VM 102 - web-2");
  expect(writesTo(stage)).toEqual({ [`${PATH}/spiceproxy`]: 1 });
});

test.for(
  VERSIONS.flatMap((version) =>
    (["vnc", "terminal", "spice"] as const).map((kind) => [version, kind] as const),
  ),
)("201: on Proxmox %s the terminal of a container, by %s", async ([version, kind]) => {
  const stage = await lab({ version });
  const answer = await opened(stage, at(CONTAINER, { kind }));
  const seconds = kind === "spice" ? 40 : 10;
  expect(answer).toMatchObject({ kind, vm: { id: "main/201", type: "lxc" }, seconds });
  expect([answer.viewerFile !== null, answer.websocketUrl !== null]).toEqual([
    kind === "spice",
    kind === "terminal",
  ]);
});

test("201: the serial port that is named is the one that is opened", async () => {
  const stage = await furnished();
  Object.assign(stage.simulator.state.guests[VM]?.config ?? {}, { serial1: "socket" });
  await opened(stage, at(VM, { kind: "terminal", serial: "serial1" }));
  const [row] = await told(stage, "main/102");
  expect(row).toMatchObject({ changes: { kind: "terminal", serial: "serial1" } });
});

test("201: each console has a port of its own, and one that nobody came to is free again", async () => {
  const stage = await lab();
  const request = at(CONTAINER, { kind: "vnc" });
  const ports = [await opened(stage, request), await opened(stage, request)].map(({ port }) => port);
  expect(ports).toEqual([5900, 5901]);
  await stage.clock.advance(10_000);
  expect((await opened(stage, request)).port).toBe(5900);
});

test("201: the audit log tells who opened what, and nothing of how to get in", async () => {
  const stage = await furnished();
  const { password } = await opened(stage, at(VM, { kind: "spice" }));
  const rows = await told(stage, "main/102");
  expect(rows).toMatchObject([
    { action: "vm.console", outcome: "begun" },
    { action: "vm.console", outcome: "succeeded", decision: "allowed", changes: { kind: "spice" } },
  ]);
  expect(JSON.stringify(rows)).not.toContain(password);
});

test.for([
  ["permissive", {}, { decision: "allowed" }],
  ["audit", {}, { decision: "allowed", wouldRefuse: true }],
  ["strict", { override: true }, { decision: "override" }],
] as const)("201: a foreign guest in %s with %j is told so", async ([mode, body, row]) => {
  const stage = await lab({ mode });
  await opened(stage, at(105, { kind: "vnc", ...body }));
  const [, last] = await told(stage, "main/105");
  expect(last).toMatchObject({ action: "vm.console", outcome: "succeeded", ...row });
});

test("200: a dry run shows what would be opened, and opens nothing", async () => {
  const stage = await furnished();
  const request = { ...at(VM, { kind: "terminal" }), query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({
    status: 200,
    json: {
      kind: "vm.console",
      items: [{ vm: { id: "main/102" }, willRun: true, detail: { kind: "terminal", serial: "serial0" } }],
    },
  });
  expect(await auditOf(stage, { action: "vm.console" })).toEqual([]);
});

test.for([
  ["a VM that is off", 107, { kind: "vnc" }, "vm.stopped"],
  ["SPICE of a VM that is off", 107, { kind: "spice" }, "vm.stopped"],
  ["a terminal of a VM that is off", 107, { kind: "terminal" }, "vm.stopped"],
  ["a container that is off", 203, { kind: "terminal" }, "vm.stopped"],
  ["a template", 9000, { kind: "vnc" }, "vm.template"],
  ["SPICE of a display that does not speak it", 104, { kind: "spice" }, "console.no-spice"],
  ["a terminal of a VM without a serial port", 104, { kind: "terminal" }, "console.no-serial"],
  ["a serial port that is not there", VM, { kind: "terminal", serial: "serial3" }, "console.no-serial"],
  ["a serial port of a container", 201, { kind: "terminal", serial: "serial0" }, "vm.container"],
] as const)("409: %s; nothing is asked of Proxmox but how it is", async ([, vmid, body, code]) => {
  const stage = await furnished();
  const answer = await changingNothing(stage, () => stage.call(route, at(vmid, body)));
  expect(answer).toMatchObject({ status: 409, json: { code } });
  expect(Problem.parse(answer.json).detail).toContain(`main/${vmid}`);
});

test("409: a VM that sleeps on disk; a paused one has a console", async () => {
  const stage = await lab({ mode: "off" });
  Object.assign(stage.simulator.state.guests[107] ?? {}, { lock: "suspended" });
  const asleep = await changingNothing(stage, () => stage.call(route, at(107, { kind: "vnc" })));
  expect(asleep).toMatchObject({ status: 409, json: { code: "vm.suspended" } });
  Object.assign(stage.simulator.state.guests[104] ?? {}, { paused: true });
  await opened(stage, at(104, { kind: "vnc" }));
});

test("404: a guest and a cluster that are not there; nothing happens", async () => {
  const stage = await lab();
  const guest = await changingNothing(stage, () => stage.call(route, at(999, { kind: "vnc" })));
  expect(guest).toMatchObject({ status: 404, json: { code: "vm.missing" } });
  const request = { path: { cluster: "other", vmid: VM }, body: { kind: "vnc" } };
  const cluster = await changingNothing(stage, () => stage.call(route, request));
  expect(cluster).toMatchObject({ status: 404, json: { code: "cluster.missing" } });
});

test("403: a foreign guest in strict, and roles that do not cover it; nothing happens, and audit tells", async () => {
  const stage = await lab({ mode: "strict" });
  const foreign = await changingNothing(stage, () => stage.call(route, at(105, { kind: "vnc" })));
  expect(foreign).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
  expect(await auditOf(stage, { target: "main/105" })).toMatchObject([
    { action: "vm.console", outcome: "refused" },
  ]);
  for (const role of ["operator", "viewer"] as const) {
    const request = { ...at(VM, { kind: "vnc" }), key: await stage.addKey(role) };
    const answer = await changingNothing(stage, () => stage.call(route, request));
    expect(answer).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
  }
});

test.for([
  ["/kind", {}],
  ["/kind", { kind: "rdp" }],
  ["/serial", { kind: "terminal", serial: "serial4" }],
  ["/serial", { kind: "vnc", serial: "serial0" }],
  ["/websocket", { kind: "vnc", websocket: true }],
  ["/vga", { kind: "vnc", vga: "qxl" }],
] as const)("400: %s in %j; nothing happens", async ([pointer, body]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, at(VM, body)));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
});

test("502: a token without VM.Console is told what it lacks", async () => {
  const stage = await lab();
  const reason = "Permission check failed (/vms/102, VM.Console)";
  stage.simulator.faults.add({ match: { method: "POST" }, do: "answer", status: 403, reason });
  const answer = await stage.call(route, at(VM, { kind: "vnc" }));
  expect(answer).toMatchObject({ status: 502, json: { code: "proxmox.privilege" } });
  expect(Problem.parse(answer.json).detail).toContain("VM.Console");
  const [, row] = await told(stage, "main/102");
  expect(row).toMatchObject({ outcome: "failed", reason: expect.stringContaining("proxmox.privilege") });
});

test("503: an answer that got lost opens nothing for anybody, and may be asked for again", async () => {
  const stage = await lab();
  const fault = stage.simulator.faults.add({ match: { method: "POST" }, do: "cut-after" });
  const request = { ...at(VM, { kind: "vnc" }), headers: { "idempotency-key": "open-sesame" } };
  expect(await stage.call(route, request)).toMatchObject({
    status: 503,
    json: { code: "proxmox.unreachable", retryable: true },
  });
  stage.simulator.faults.remove(fault);
  await opened(stage, request);
});
