import { BlockList } from "node:net";
import { signature } from "../auth.ts";
import type { Call, Handlers } from "../call.ts";
import { died } from "../refusal.ts";
import { sectionHandlers, sectionOf, type SectionFile } from "../section.ts";
import type { Config } from "../state.ts";
import { startTask } from "../task.ts";

const named = (what: "zone" | "vnet" | "subnet", path: string) => ({
  file: `sdn-${what}s`,
  path,
  key: what,
  exists: (id: string) => `create sdn ${what} object failed: sdn ${what} object ID '${id}' already defined`,
  missing: (id: string) => `sdn ${what} '${id}' does not exist`,
});

/** An error of parameters that is found too late to be told as one. */
const late = (verb: string, what: string) =>
  died(`${verb} sdn ${what} object failed: 400 Parameter verification failed.`);

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  evpn: ["controller", "vrf-vxlan"],
  qinq: ["bridge", "tag"],
  vlan: ["bridge"],
};

const entriesOf = (call: Call, what: string) => Object.entries(sectionOf(call.world, `sdn-${what}s`));

const ZONE: SectionFile = {
  ...named("zone", "/cluster/sdn/zones"),
  missing: (id) => `sdn '${id}' does not exist`,
  missingOnUpdate: (id) => `update sdn zone object failed: sdn '${id}' does not exist`,
  missingOnDelete: (id) => `delete sdn zone object failed: sdn '${id}' does not exist`,
  view: (call) => viewOf(call, "zone"),
  check: ({ params }) => {
    const missing = (REQUIRED[params.text("type")] ?? []).find((name) => !params.has(name));
    if (missing) throw died(`missing value for required option '${missing}'`);
  },
  checkRemoval(call, id) {
    const [vnet] = entriesOf(call, "vnet").find(([, { zone }]) => zone === id) ?? [];
    const place = "/usr/share/perl5/PVE/Network/SDN/Zones/Plugin.pm line 229.";
    if (vnet) throw died(`delete sdn zone object failed: zone ${id} is used by vnet ${vnet} at ${place}`);
  },
};

const VNET: SectionFile = {
  ...named("vnet", "/cluster/sdn/vnets"),
  derived: () => ({ type: "vnet" }),
  view: (call) => viewOf(call, "vnet"),
  check(call) {
    const zone = sectionOf(call.world, "sdn-zones")[call.params.text("zone")];
    const place = "/usr/share/perl5/PVE/SectionConfig.pm line 255.";
    if (!zone) throw died(`create sdn vnet object failed: cannot lookup undefined type! at ${place}`);
    const tagged = call.params.has("tag");
    if (tagged === (zone.type === "simple")) throw late("create", "vnet");
  },
  checkRemoval(call, id) {
    if (entriesOf(call, "subnet").some(([, { vnet }]) => vnet === id)) throw late("delete", "vnet");
  },
};

/** What is set aside when the configuration is applied: what runs from then on. */
const RUNNING = (what: string) => `sdn-running-${what}s`;

/** Every object as it runs, with what is new of it beside. */
function pendingRow(what: string, id: string, now: Config | undefined, runs: Config | undefined) {
  const type = what === "vnet" ? "vnet" : (now?.type ?? runs?.type);
  const base = { ...runs, [what]: id, type, digest: null };
  if (!now) return { ...base, state: "deleted" };
  const changed = Object.entries(now).filter(([name, value]) => name !== "type" && runs?.[name] !== value);
  const gone = Object.keys(runs ?? {}).filter((name) => !(name in now));
  if (runs && changed.length + gone.length === 0) return base;
  const pending = Object.fromEntries([...changed, ...gone.map((name) => [name, "deleted"])]);
  return { ...base, state: runs ? "changed" : "new", pending };
}

/** With `running` what was applied, with `pending` both together. */
function viewOf(call: Call, what: "zone" | "vnet"): Record<string, unknown> | undefined {
  const { params, world } = call;
  const runs = sectionOf(world, RUNNING(what));
  if (params.flag("running"))
    return Object.fromEntries(Object.entries(runs).map(([id, entry]) => [id, { ...entry, [what]: id }]));
  if (!params.flag("pending")) return undefined;
  const now = sectionOf(world, `sdn-${what}s`);
  const ids = [...new Set([...Object.keys(now), ...Object.keys(runs)])];
  return Object.fromEntries(ids.map((id) => [id, pendingRow(what, id, now[id], runs[id])]));
}

/** Applying the configuration reloads the network of every node. */
function apply({ world, node, who }: Call): string {
  for (const what of ["zone", "vnet"])
    world.state.sections[RUNNING(what)] = structuredClone(sectionOf(world, `sdn-${what}s`));
  const spec = { node, type: "reloadnetworkall", id: "", user: signature(who) };
  return startTask(world, spec, (task) => task.work("config"));
}

/** A subnet is called after its zone: `zone-10.0.0.0-24`. */
function subnetName(call: Call, cidr: string): string {
  const zone = sectionOf(call.world, "sdn-vnets")[call.params.text("vnet")]?.zone ?? "";
  return `${zone}-${cidr.replace("/", "-")}`;
}

const cidrOf = (id: string) => id.replace(/^[^-]+-(.+)-(\d+)$/, "$1/$2");

/** What its name tells of a subnet. */
function ofSubnet(id: string, zone: string) {
  const [network = "", mask = ""] = cidrOf(id).split("/");
  return { type: "subnet", id, zone, cidr: cidrOf(id), network, mask, "dhcp-range": [] };
}

/** A gateway lies in its network. */
function checkGateway({ params }: Call, id: string): void {
  const gateway = params.optional("gateway");
  if (gateway === undefined) return;
  const [network = "", mask = ""] = cidrOf(id).split("/");
  const family = network.includes(":") ? "ipv6" : "ipv4";
  const list = new BlockList();
  list.addSubnet(network, Number(mask), family);
  if (!list.check(gateway, gateway.includes(":") ? "ipv6" : "ipv4")) throw late("create", "subnet");
}

const SUBNET: SectionFile = {
  ...named("subnet", "/cluster/sdn/vnets/{vnet}/subnets"),
  within: "vnet",
  name: subnetName,
  derived: (id) => ofSubnet(id, id.split("-")[0] ?? ""),
  check: checkGateway,
};

/** The address management that is always there. */
const ipams = () => [{ ipam: "pve", type: "pve", digest: "da39a3ee5e6b4b0d3255bfef95601890afd80709" }];

export const sdnHandlers: Handlers = {
  ...sectionHandlers(ZONE),
  ...sectionHandlers(VNET),
  ...sectionHandlers(SUBNET),
  "GET /cluster/sdn/controllers": () => [],
  "GET /cluster/sdn/ipams": ipams,
  "PUT /cluster/sdn": apply,
};
