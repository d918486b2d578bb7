import type { Call, Handlers } from "../call.ts";
import { died } from "../refusal.ts";
import { nodeFigures, nodeStatus } from "../resources.ts";
import { atLeast } from "../world.ts";
import { releaseOf } from "./version.ts";

const GIB = 1024 ** 3;

function nodes(call: Call) {
  return Object.values(call.world.state.nodes).map((node) => ({
    id: `node/${node.name}`,
    type: "node",
    node: node.name,
    status: nodeStatus(node),
    level: "",
    ssl_fingerprint: Array.from({ length: 32 }, () =>
      node.nodeid.toString(16).toUpperCase().padStart(2, "0"),
    ).join(":"),
    ...(call.may(`/nodes/${node.name}`, "Sys.Audit") && nodeFigures(call.world, node)),
  }));
}

const filled = (total: number, used: number) => ({ total, used, free: total - used });

function status({ world, node: name }: Call) {
  const node = world.state.nodes[name];
  if (!node) throw died(`no such node '${name}'`);
  const { cpu = 0, mem = 0, disk = 0, uptime = 0 } = nodeFigures(world, node);
  const kernel = "6.8.12-9-pve";
  return {
    "boot-info": { mode: "efi" },
    "current-kernel": {
      machine: "x86_64",
      release: kernel,
      sysname: "Linux",
      version: "#1 SMP PREEMPT_DYNAMIC",
    },
    cpu,
    cpuinfo: {
      cores: node.cpus / 2,
      cpus: node.cpus,
      sockets: 1,
      user_hz: 100,
      flags: "fpu vme de pse tsc msr",
      hvm: "1",
      mhz: "2794.748",
      ...(atLeast(world, 9) && { family: "25", vendor: "AuthenticAMD" }),
      model: "AMD EPYC 7543 32-Core Processor",
    },
    idle: 0,
    ksm: { shared: 0 },
    kversion: `Linux ${kernel}`,
    loadavg: [cpu * node.cpus, cpu * node.cpus * 0.9, cpu * node.cpus * 0.8].map((load) => load.toFixed(2)),
    memory: { ...filled(node.memory, mem), ...(atLeast(world, 9) && { available: node.memory - mem }) },
    pveversion: `pve-manager/${releaseOf(world.version).version}/${releaseOf(world.version).repoid}`,
    rootfs: { ...filled(node.disk, disk), avail: node.disk - disk },
    swap: filled(8 * GIB, 0),
    uptime,
    wait: 0,
  };
}

export const nodeHandlers: Handlers = {
  "GET /nodes": nodes,
  "GET /nodes/{node}/status": status,
};
