import type { Call, Handlers } from "../call.ts";
import { invalid } from "../refusal.ts";
import { guestResource, poolIndex, nodeResource, storageResource } from "../resources.ts";
import { atLeast } from "../world.ts";
import { clusterTasks } from "./tasks.ts";

type Row = Readonly<Record<string, unknown>>;

const nodes = ({ world }: Call) => Object.values(world.state.nodes);

function status(call: Call): Row[] {
  const { state } = call.world;
  const members = nodes(call);
  const cluster = { id: "cluster", type: "cluster", name: state.cluster, version: members.length };
  const rows = members.map((node) => ({
    id: `node/${node.name}`,
    type: "node",
    name: node.name,
    nodeid: node.nodeid,
    ip: node.ip,
    online: node.online ? 1 : 0,
    local: node.name === call.node ? 1 : 0,
    level: "",
  }));
  if (members.length === 1) return rows;
  return [{ ...cluster, nodes: members.length, quorate: state.quorate ? 1 : 0 }, ...rows];
}

/** A row without what only those who may look at the node see. */
const bare = ({ id, type, node, status: state, level }: Row): Row => ({
  id,
  type,
  node,
  status: state,
  level,
});

function guestRows(call: Call): Row[] {
  const visible = Object.values(call.world.state.guests).filter(({ vmid }) =>
    call.may(`/vms/${vmid}`, "VM.Audit"),
  );
  const pools = poolIndex(call.world);
  return visible.map((guest) => guestResource(call.world, guest, pools));
}

const nodeRows = (call: Call): Row[] =>
  nodes(call).map((node) => {
    const row = nodeResource(call.world, node);
    return call.may(`/nodes/${node.name}`, "Sys.Audit") ? row : bare(row);
  });

function storageRows(call: Call): Row[] {
  const storages = Object.values(call.world.state.storages).filter(
    ({ storage, disabled }) =>
      !disabled && call.may(`/storage/${storage}`, "Datastore.Audit", "Datastore.AllocateSpace"),
  );
  return nodes(call).flatMap((node) =>
    storages
      .filter(({ nodes: only }) => only?.includes(node.name) ?? true)
      .map((storage) => storageResource(call.world, storage, node)),
  );
}

function networkRows(call: Call): Row[] {
  if (!call.may("/sdn/zones/localnetwork", "SDN.Audit")) return [];
  const network = { type: "network", "network-type": "zone", network: "localnetwork" };
  return nodes(call).map(({ name }) =>
    atLeast(call.world, 9.1)
      ? { ...network, id: `network/${name}/zone/localnetwork`, node: name, status: "ok" }
      : { type: "sdn", id: `sdn/${name}/localnetwork`, node: name, sdn: "localnetwork", status: "ok" },
  );
}

const poolRows = (call: Call): Row[] =>
  Object.values(call.world.state.pools)
    .filter(({ poolid }) => call.may(`/pool/${poolid}`, "Pool.Audit"))
    .map(({ poolid }) => ({ id: `/pool/${poolid}`, type: "pool", pool: poolid }));

const ROWS: Readonly<Record<string, (call: Call) => Row[]>> = {
  vm: guestRows,
  storage: storageRows,
  node: nodeRows,
  sdn: (call) => (atLeast(call.world, 9.1) ? [] : networkRows(call)),
};

function resources(call: Call): Row[] {
  const type = call.params.optional("type");
  if (type) return ROWS[type]?.(call) ?? [];
  return [poolRows, guestRows, nodeRows, storageRows, networkRows].flatMap((rows) => rows(call));
}

/** The lowest free VMID, as text. It reserves nothing. */
function nextId(call: Call): string {
  const { guests } = call.world.state;
  const wanted = call.params.optional("vmid");
  if (wanted) {
    const taken = guests[wanted];
    if (taken) throw invalid({ vmid: `${taken.kind === "qemu" ? "VM" : "CT"} ${wanted} already exists` });
    return wanted;
  }
  const range = call.world.state.sections.options?.datacenter?.["next-id"] ?? "";
  let free = Number(/lower=(\d+)/.exec(range)?.[1] ?? 100);
  while (guests[free]) free += 1;
  return String(free);
}

export const clusterHandlers: Handlers = {
  "GET /cluster/status": status,
  "GET /cluster/resources": resources,
  "GET /cluster/nextid": nextId,
  "GET /cluster/tasks": clusterTasks,
};
