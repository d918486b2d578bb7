import { signature } from "../auth.ts";
import type { Call, Handlers } from "../call.ts";
import { displayOf, hasSpice } from "../display.ts";
import type { Kind } from "../guest.ts";
import { died, Refusal } from "../refusal.ts";
import { startTask } from "../task.ts";
import { isVncTicket, makeVncTicket } from "../ticket.ts";
import { onVncPort } from "../vnc-ports.ts";
import { atLeast, seconds } from "../world.ts";
import { guestOf } from "./guests.ts";

const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nsimulated\n-----END CERTIFICATE-----\n";
const CLIENT_MS = 10_000;
const SPICE_MS = 40_000;

/** A server on the node that was spoken to, not the guest's, that waits for a client which never comes. */
function serve(call: Call, vmid: number, late: (port: number) => string) {
  const { world, entry, who } = call;
  const user = signature(who);
  return onVncPort(world, entry, (port, free) => {
    const upid = startTask(world, { node: entry, type: "vncproxy", id: String(vmid), user }, async (task) => {
      await task.wait(CLIENT_MS).finally(free);
      throw new Error(late(port));
    });
    const ticket = makeVncTicket(world, { user, path: `/vms/${vmid}`, port });
    // The port is text, whatever the schema says.
    return { port: String(port), ticket, upid, user };
  });
}

const failed = (command: string) => `command '${command}' failed: exit code 1`;

/** A VM that is stopped gets a ticket too. */
const vncProxy = (kind: Kind) => (call: Call) => {
  const guest = guestOf(call, kind);
  const { vmid } = guest;
  const text = kind === "lxc" || displayOf(guest).startsWith("serial");
  const late = (port: number) =>
    text
      ? failed(`/usr/bin/vncterm -rfbport ${port} -timeout 10 -authpath /vms/${vmid}`)
      : "connection timed out";
  const answer = { ...serve(call, vmid, late), cert: CERTIFICATE };
  const asked = kind === "qemu" && call.params.flag("generate-password");
  const unasked = atLeast(call.world, 8.4) && (!text || call.params.flag("websocket"));
  if (!asked && !unasked) return answer;
  const password = call.world.random.hex(8);
  return { ...answer, password, ...(atLeast(call.world, 9.2) && { ticket: `${password}:${answer.ticket}` }) };
};

/** Whether there is a serial port is found out when a client has come. */
const termProxy = (kind: Kind) => (call: Call) => {
  const { vmid } = guestOf(call, kind);
  return serve(call, vmid, (port) =>
    failed(`/usr/bin/termproxy ${port} --path /vms/${vmid} --perm VM.Console --`),
  );
};

/** Opens for the user alone for whom the ticket was made, whoever shows it. */
const vncWebsocket = (kind: Kind) => (call: Call) => {
  const { world, params, who } = call;
  const { vmid } = guestOf(call, kind);
  const of = { user: signature(who), path: `/vms/${vmid}`, port: params.number("port") };
  if (!isVncTicket(world, params.text("vncticket"), of))
    throw new Refusal(401, "permission denied - invalid PVEVNC ticket");
  return { port: String(of.port) };
};

/** A file for remote-viewer; the line breaks of the authority are written as that file has them. */
function viewer({ world, node, params }: Call, title: string, vmid: number, tlsPort: number) {
  const secret = world.random.hex(40);
  const proxy = params.optional("proxy") ?? node;
  const time = seconds(world).toString(16).padStart(8, "0");
  return {
    type: "spice",
    title,
    host: `pvespiceproxy:${time}:${vmid}:${node}::${world.random.hex(40)}`,
    password: secret,
    proxy: `http://${proxy.includes(":") ? `[${proxy}]` : proxy}:3128`,
    "tls-port": tlsPort,
    ca: CERTIFICATE.replaceAll("\n", "\\n"),
    "delete-this-file": 1,
    "toggle-fullscreen": "Shift+F11",
    "release-cursor": "Ctrl+Alt+R",
    "secure-attention": "Ctrl+Alt+Ins",
    "host-subject": `OU=PVE Cluster Node,O=Proxmox Virtual Environment,CN=${node}`,
  };
}

/** QEMU itself speaks SPICE, if its display does. */
function ofVm(call: Call) {
  const guest = guestOf(call, "qemu");
  if (guest.status !== "running") throw died(`VM ${guest.vmid} not running`);
  if (!hasSpice(guest)) throw died("no spice port");
  return viewer(call, `VM ${guest.vmid} - ${guest.config.name ?? ""}`, guest.vmid, 61_000);
}

/** A program of its own shows the terminal of a container, in a task of which the answer says nothing. */
function ofContainer(call: Call) {
  const { world, node, who } = call;
  const { vmid, status } = guestOf(call, "lxc");
  if (status !== "running") throw died(`CT ${vmid} not running`);
  const spec = { node, type: "spiceproxy", id: String(vmid), user: signature(who) };
  startTask(world, spec, (task) => task.wait(SPICE_MS));
  return viewer(call, `CT ${vmid}`, vmid, 61_000 + (vmid % 100));
}

/** Consoles of one kind of guest. */
export const consoleHandlers = (kind: Kind): Handlers => ({
  [`POST /nodes/{node}/${kind}/{vmid}/vncproxy`]: vncProxy(kind),
  [`POST /nodes/{node}/${kind}/{vmid}/termproxy`]: termProxy(kind),
  [`POST /nodes/{node}/${kind}/{vmid}/spiceproxy`]: kind === "qemu" ? ofVm : ofContainer,
  [`GET /nodes/{node}/${kind}/{vmid}/vncwebsocket`]: vncWebsocket(kind),
});
