import { expect, test } from "vitest";
import * as z from "zod";
import { simulation } from "./lab.ts";

const Opened = z.object({ port: z.string(), ticket: z.string(), upid: z.string(), user: z.string() });
const Status = z.object({ exitstatus: z.string() });

/** A console of a guest, opened so. */
async function opened(stage: ReturnType<typeof simulation>, vmid: number, name: string, form = {}) {
  return Opened.parse((await stage.post(`${stage.where(vmid)}/${name}`, form)).json.data);
}

test("a ticket comes with a port in text and a task on the node that was asked, even for a stopped VM", async () => {
  const stage = simulation();
  const { port, ticket, upid } = await opened(stage, 107, "vncproxy");
  expect([port, ticket.slice(0, 7)]).toEqual(["5900", "PVEVNC:"]);
  expect(upid).toMatch(/^UPID:pve1:.*:vncproxy:107:/);
  expect((await opened(stage, 107, "vncproxy")).port).toBe("5901");
});

test.for([
  [101, "vncproxy", "connection timed out"],
  [
    201,
    "vncproxy",
    "command '/usr/bin/vncterm -rfbport 5900 -timeout 10 -authpath /vms/201' failed: exit code 1",
  ],
  [
    101,
    "termproxy",
    "command '/usr/bin/termproxy 5900 --path /vms/101 --perm VM.Console --' failed: exit code 1",
  ],
] as const)(
  "%i %s: nobody comes within ten seconds, and the port is free again",
  async ([vmid, name, exit]) => {
    const stage = simulation();
    const { upid } = await opened(stage, vmid, name);
    await stage.clock.advance(10_000);
    const status = (await stage.get(`/nodes/pve1/tasks/${upid}/status`)).json.data;
    expect(Status.parse(status).exitstatus).toBe(exit);
    expect((await opened(stage, vmid, name)).port).toBe("5900");
  },
);

test("a node has a hundred ports", async () => {
  const stage = simulation();
  for (let port = 5900; port < 6000; port++) await opened(stage, 101, "vncproxy");
  expect(await stage.post(`${stage.where(101)}/vncproxy`)).toMatchObject({
    status: 500,
    reason: "unable to find free port (5900-6000)",
  });
});

test.for([
  ["7.4", 101, {}, false],
  ["8.4", 101, {}, true],
  ["8.4", 201, {}, false],
  ["9.2", 101, {}, true],
  ["9.2", 201, {}, false],
  ["9.2", 201, { websocket: 1 }, true],
] as const)("H14: %s: VNC of %i with %j has a password: %s", async ([version, vmid, form, has]) => {
  const { post, where } = simulation({ version });
  const { data } = (await post(`${where(vmid)}/vncproxy`, form)).json;
  expect(Object.keys(Object(data)).includes("password")).toBe(has);
});

test.for(["7.4", "8.4", "9.2"] as const)(
  "%s: the websocket takes a ticket from the token that it was made for, for its own guest, for forty seconds",
  async (version) => {
    const stage = simulation({ version });
    const { port, ticket } = await opened(stage, 101, "vncproxy", { websocket: 1 });
    const socket = (vmid: number) => `${stage.where(vmid)}/vncwebsocket`;
    const form = { port, vncticket: ticket };
    expect((await stage.get(socket(101), form)).json.data).toEqual({ port });
    expect(await stage.get(socket(102), form)).toMatchObject({
      status: 401,
      reason: "permission denied - invalid PVEVNC ticket",
    });
    const made = (await stage.post("/access/users/root@pam/token/other", { privsep: 0 })).json.data;
    const { value } = z.object({ value: z.string() }).parse(made);
    const headers = { authorization: `PVEAPIToken=root@pam!other=${value}` };
    expect((await stage.send("GET", socket(101), form, headers)).status).toBe(401);
    await stage.clock.advance(40_000);
    expect((await stage.get(socket(101), form)).status).toBe(401);
  },
);

test("SPICE wants a VM that runs, and a display that speaks it; status tells which does", async () => {
  const { get, post, where, simulator } = simulation();
  const spice = async (vmid: number) => post(`${where(vmid)}/spiceproxy`, { proxy: "2001:db8::1" });
  expect((await spice(107)).reason).toBe("VM 107 not running");
  expect((await spice(101)).reason).toBe("no spice port");
  expect((await spice(203)).reason).toBe("CT 203 not running");
  Object.assign(simulator.state.guests[101]?.config ?? {}, { vga: "memory=32,type=qxl" });
  expect((await get(`${where(101)}/status/current`)).json.data).toMatchObject({ spice: 1 });
  const { data } = (await spice(101)).json;
  expect(data).toMatchObject({ title: "VM 101 - web-1", proxy: "http://[2001:db8::1]:3128" });
  expect(z.object({ ca: z.string() }).parse(data).ca).not.toContain("\n");
  expect((await spice(201)).json.data).toMatchObject({ title: "CT 201", type: "spice" });
});
