import type { Call, Handlers } from "../call.ts";
import { invalid, Refusal } from "../refusal.ts";
import { sectionOf } from "../section.ts";

/** The interfaces of every node: one physical card and two bridges. */
function interfaces(call: Call) {
  const address = call.world.state.nodes[call.node]?.ip ?? "192.0.2.1";
  const common = { active: 1, autostart: 1, families: ["inet"], method: "static", method6: "manual" };
  const bridge = { ...common, type: "bridge", bridge_fd: "0", bridge_stp: "off" };
  return [
    { ...common, method: "manual", iface: "eno1", type: "eth", exists: 1, priority: 3 },
    {
      ...bridge,
      iface: "vmbr0",
      bridge_ports: "eno1",
      address,
      netmask: "24",
      cidr: `${address}/24`,
      gateway: "192.0.2.254",
      priority: 4,
    },
    { ...bridge, iface: "vmbr1", method: "manual", bridge_ports: "", bridge_vlan_aware: 1, priority: 5 },
  ];
}

const BRIDGES = new Set(["any_bridge", "any_local_bridge", "include_sdn"]);

/** VNets are bridges too, for whoever asks for any. */
const vnets = ({ world }: Call) =>
  Object.keys(sectionOf(world, "sdn-vnets")).map((iface) => ({
    iface,
    type: "vnet",
    active: 1,
    priority: 9,
  }));

function list(call: Call) {
  const type = call.params.optional("type");
  const all = type === "any_bridge" || type === "include_sdn" ? vnets(call) : [];
  return [
    ...interfaces(call).filter((one) => !type || one.type === (BRIDGES.has(type) ? "bridge" : type)),
    ...all,
  ];
}

function one(call: Call) {
  const found = interfaces(call).find(({ iface }) => iface === call.params.text("iface"));
  if (!found) throw invalid({ iface: "interface does not exist" });
  const { iface: _, ...rest } = found;
  return rest;
}

/** Interfaces are not made here, but one that is there cannot be made again. */
function create(call: Call): null {
  const taken = interfaces(call).some(({ iface }) => iface === call.params.text("iface"));
  if (taken) throw invalid({ iface: "interface already exists" });
  throw new Refusal(501, "not simulated yet: POST /nodes/{node}/network");
}

export const networkHandlers: Handlers = {
  "GET /nodes/{node}/network": list,
  "GET /nodes/{node}/network/{iface}": one,
  "POST /nodes/{node}/network": create,
};
