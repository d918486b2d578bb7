import type { Call, Handlers } from "../call.ts";
import { died, invalid } from "../refusal.ts";
import { figuresOf, nodeFigures, usedOn } from "../resources.ts";
import { level, series, total, type Curve } from "../rrd.ts";
import { atLeast } from "../world.ts";
import { guestOf } from "./guests.ts";
import type { Kind } from "../guest.ts";

const PRESSURE = ["cpusome", "cpufull", "iosome", "iofull", "memorysome", "memoryfull"];

const guestCurves = (kind: Kind) => (call: Call) => {
  const figures = figuresOf(call.world, guestOf(call, kind));
  const curves: Curve[] = [
    total("maxcpu", figures.cpus),
    total("maxmem", figures.maxmem),
    total("maxdisk", figures.maxdisk),
    level("cpu", figures.cpu),
    level("mem", figures.mem),
    total("disk", figures.disk),
  ];
  const rates = ["netin", "netout", "diskread", "diskwrite"].map((name) =>
    level(name, figures.uptime ? 2000 : 0),
  );
  const newer = atLeast(call.world, 9)
    ? [level("memhost", figures.mem * 1.05), ...PRESSURE.map((name) => level(`pressure${name}`, 0.01))]
    : [];
  return series(call.world, call.params.text("timeframe"), [...curves, ...rates, ...newer]);
};

function nodeCurves(call: Call) {
  const { world } = call;
  const node = world.state.nodes[call.node];
  if (!node) throw died(`no such node '${call.node}'`);
  const { cpu = 0, mem = 0, disk = 0 } = nodeFigures(world, node);
  const GIB = 1024 ** 3;
  const newer = atLeast(world, 9)
    ? [
        level("memavailable", node.memory - mem),
        total("arcsize", 0),
        ...PRESSURE.map((name) => level(`pressure${name}`, 0.01)),
      ]
    : [];
  return series(world, call.params.text("timeframe"), [
    total("maxcpu", node.cpus),
    total("memtotal", node.memory),
    total("roottotal", node.disk),
    total("swaptotal", 8 * GIB),
    level("cpu", cpu),
    level("iowait", 0.005),
    level("loadavg", cpu * node.cpus),
    level("memused", mem),
    total("rootused", disk),
    total("swapused", 0),
    level("netin", 50_000),
    level("netout", 40_000),
    ...newer,
  ]);
}

function storageCurves(call: Call) {
  const storage = call.world.state.storages[call.params.text("storage")];
  if (!storage) throw invalid({ storage: "No such storage." });
  const used = usedOn(call.world, storage, call.node);
  return series(call.world, call.params.text("timeframe"), [
    total("total", storage.total),
    total("used", used),
  ]);
}

/** Time series. */
export const rrdHandlers: Handlers = {
  "GET /nodes/{node}/rrddata": nodeCurves,
  "GET /nodes/{node}/storage/{storage}/rrddata": storageCurves,
  "GET /nodes/{node}/qemu/{vmid}/rrddata": guestCurves("qemu"),
  "GET /nodes/{node}/lxc/{vmid}/rrddata": guestCurves("lxc"),
};
