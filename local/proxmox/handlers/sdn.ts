import { signature } from "../auth.ts";
import type { Call, Handlers } from "../call.ts";
import { sectionHandlers, sectionOf } from "../section.ts";
import { startTask } from "../task.ts";

const named = (what: string, path: string) => ({
  file: `sdn-${what}s`,
  path,
  key: what,
  exists: (id: string) => `create sdn ${what} object failed: sdn ${what} object ID '${id}' already defined`,
  missing: (id: string) => `sdn ${what} '${id}' does not exist`,
});

/** Applying the configuration reloads the network of every node. */
const apply = (call: Call) =>
  startTask(
    call.world,
    { node: call.node, type: "reloadnetworkall", id: "", user: signature(call.who) },
    (task) => task.work("config"),
  );

/** A subnet is called after its zone: `zone-10.0.0.0-24`. */
function subnetName(call: Call, cidr: string): string {
  const zone = sectionOf(call.world, "sdn-vnets")[call.params.text("vnet")]?.zone ?? "";
  return `${zone}-${cidr.replace("/", "-")}`;
}

const cidrOf = (id: string) => id.replace(/^[^-]+-(.+)-(\d+)$/, "$1/$2");

export const sdnHandlers: Handlers = {
  ...sectionHandlers(named("zone", "/cluster/sdn/zones")),
  ...sectionHandlers({ ...named("vnet", "/cluster/sdn/vnets"), derived: () => ({ type: "vnet" }) }),
  ...sectionHandlers({
    ...named("subnet", "/cluster/sdn/vnets/{vnet}/subnets"),
    within: "vnet",
    name: subnetName,
    derived: (id) => ({ type: "subnet", cidr: cidrOf(id) }),
  }),
  "PUT /cluster/sdn": apply,
};
