import { signature } from "../auth.ts";
import type { Handler, Handlers } from "../call.ts";
import type { Kind } from "../guest.ts";
import { died } from "../refusal.ts";
import { startTask } from "../task.ts";
import { guestOf } from "./guests.ts";

const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nsimulated\n-----END CERTIFICATE-----\n";

/** A console's ticket; the port is text. A stopped VM gets one too, its task fails later. */
const proxy =
  (kind: Kind, name: "vncproxy" | "termproxy"): Handler =>
  (call) => {
    const { world, node } = call;
    const guest = guestOf(call, kind);
    const type = kind === "lxc" && name === "vncproxy" ? "vncproxy" : name.replace("term", "vnc");
    const upid = startTask(world, { node, type, id: String(guest.vmid), user: signature(call.who) }, (task) =>
      task.wait(10_000),
    );
    const port = String(5900 + (guest.vmid % 100));
    const ticket = `PVEVNC:${world.random.hex(8).toUpperCase()}::${world.random.hex(40)}`;
    return {
      port,
      ticket,
      upid,
      user: signature(call.who),
      ...(name === "vncproxy" && { cert: CERTIFICATE }),
    };
  };

const spice =
  (kind: Kind): Handler =>
  (call) => {
    const guest = guestOf(call, kind);
    if (guest.status !== "running") throw died(`VM ${guest.vmid} not running`);
    const secret = call.world.random.hex(40);
    return {
      type: "spice",
      title: `VM ${guest.vmid}`,
      host: `pvespiceproxy:${call.world.random.hex(8)}:${guest.vmid}:${call.node}::${secret}`,
      password: secret,
      proxy: `http://${call.world.state.nodes[call.node]?.ip ?? call.node}:3128`,
      "tls-port": 61_000,
      ca: CERTIFICATE,
      "delete-this-file": 1,
      "toggle-fullscreen": "Shift+F11",
      "release-cursor": "Ctrl+Alt+R",
      "secure-attention": "Ctrl+Alt+Ins",
      "host-subject": `OU=PVE Cluster Node,O=Proxmox Virtual Environment,CN=${call.node}`,
    };
  };

/** Consoles of one kind of guest. */
export const consoleHandlers = (kind: Kind): Handlers => ({
  [`POST /nodes/{node}/${kind}/{vmid}/vncproxy`]: proxy(kind, "vncproxy"),
  [`POST /nodes/{node}/${kind}/{vmid}/termproxy`]: proxy(kind, "termproxy"),
  [`POST /nodes/{node}/${kind}/{vmid}/spiceproxy`]: spice(kind),
});
