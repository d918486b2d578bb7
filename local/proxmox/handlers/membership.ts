import type { Call, Handlers } from "../call.ts";
import { Refusal } from "../refusal.ts";

const members = ({ world }: Call) => Object.values(world.state.nodes);

/** Nodes of the corosync configuration; ids and votes are text. A single node has none. */
function nodes(call: Call) {
  if (members(call).length === 1) return [];
  return members(call).map(({ name, nodeid, ip }) => ({
    name,
    node: name,
    nodeid: String(nodeid),
    quorum_votes: "1",
    ring0_addr: ip,
  }));
}

/** What a node needs to know to join. */
function joinInfo(call: Call) {
  if (members(call).length === 1) throw new Refusal(424, "node is not in a cluster, no join info available!");
  const fingerprint = (id: number) =>
    Array.from({ length: 32 }, () => id.toString(16).padStart(2, "0")).join(":");
  return {
    config_digest: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    preferred_node: call.node,
    totem: {
      cluster_name: call.world.state.cluster,
      config_version: "1",
      interface: { "0": { linknumber: "0" } },
    },
    nodelist: nodes(call).map((row, index) => ({
      ...row,
      pve_addr: row.ring0_addr,
      pve_fp: fingerprint(index + 1).toUpperCase(),
    })),
  };
}

export const membershipHandlers: Handlers = {
  "GET /cluster/config/nodes": nodes,
  "GET /cluster/config/join": joinInfo,
  "GET /cluster/config/totem": () => null,
  "GET /cluster/replication": () => [],
  "GET /cluster/ha/status/manager_status": ({ world }) => ({
    quorum: { node: "", quorate: world.state.quorate ? "1" : "0" },
  }),
  "GET /nodes/{node}/config": () => ({}),
  "GET /nodes/{node}/hosts": ({ node }) => ({
    data: `127.0.0.1 localhost\n192.0.2.1 ${node}\n`,
    digest: "0".repeat(40),
  }),
  "GET /nodes/{node}/dns": () => ({ dns1: "192.0.2.53", search: "example.test" }),
  "GET /nodes/{node}/time": ({ world }) => {
    const now = Math.floor(world.clock.now().getTime() / 1000);
    return { time: now, localtime: now, timezone: "UTC" };
  },
  "GET /nodes/{node}/capabilities/qemu/cpu": () => [{ custom: 0, name: "kvm64", vendor: "default" }],
  "GET /nodes/{node}/capabilities/qemu/machines": () => [
    { id: "pc-i440fx-9.2", type: "i440fx", version: "9.2" },
  ],
};
