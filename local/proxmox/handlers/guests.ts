import type { Call, Handlers } from "../call.ts";
import { hasSpice } from "../display.ts";
import { guestOn, isTemplate, loadGuest, nameOf, notFound, type Kind } from "../guest.ts";
import { haOf } from "../ha.ts";
import { died } from "../refusal.ts";
import { figuresOf } from "../resources.ts";
import type { Guest } from "../state.ts";
import { canSnapshot, disksOf, hasFeature, hostMounts } from "../volume.ts";
import { atLeast, type World } from "../world.ts";

export const guestOf = (call: Call, kind: Kind): Guest =>
  loadGuest(call.world, call.node, kind, call.params.number("vmid"));

const flags = (guest: Guest) => ({
  ...(guest.config.tags && { tags: guest.config.tags }),
  ...(isTemplate(guest) && { template: 1 }),
  ...(guest.lock && { lock: guest.lock }),
  ...(guest.config.serial0 && { serial: 1 }),
  ...(guest.pid !== undefined && { pid: guest.pid }),
});

/** A row of the node's own list. */
function listed(world: World, guest: Guest) {
  const { diskread, diskwrite, ...figures } = figuresOf(world, guest);
  const io = guest.status === "running" ? { diskread, diskwrite } : {};
  const host = guest.kind === "qemu" && atLeast(world, 9) ? { memhost: Math.floor(figures.mem * 1.05) } : {};
  const swap = guest.kind === "lxc" ? { type: "lxc", maxswap: 536_870_912, swap: 0 } : {};
  return {
    vmid: guest.vmid,
    name: nameOf(guest),
    status: guest.status,
    ...figures,
    ...io,
    ...host,
    ...flags(guest),
    ...swap,
  };
}

const list = (kind: Kind) => (call: Call) =>
  Object.values(call.world.state.guests)
    .filter(
      (guest) =>
        guest.node === call.node && guest.kind === kind && call.may(`/vms/${guest.vmid}`, "VM.Audit"),
    )
    .map((guest) => {
      const full = kind === "qemu" && call.params.flag("full");
      return { ...listed(call.world, guest), ...(full && { qmpstatus: qmpStatus(guest) }) };
    });

const qmpStatus = ({ status, paused, qmpstatus }: Guest) =>
  status === "stopped" ? status : (qmpstatus ?? (paused ? "paused" : status));

function current(kind: Kind) {
  return (call: Call) => {
    const guest = guestOf(call, kind);
    const qemu = {
      qmpstatus: qmpStatus(guest),
      ...(hasSpice(guest) && { spice: 1 }),
      ...(guest.config.agent?.startsWith("1") && { agent: 1 }),
      ...(guest.status === "running" && { "running-machine": "pc-i440fx-9.2+pve1", "running-qemu": "9.2.0" }),
    };
    return { ...listed(call.world, guest), ha: haOf(call.world, guest), ...(kind === "qemu" && qemu) };
  };
}

/** Whether the storages of all disks can do it. */
function featureOf(world: World, guest: Guest, feature: string, snapname: string | undefined): boolean {
  if (feature === "snapshot") return canSnapshot(world, guest);
  if (hostMounts(guest.config).length > 0) return false;
  const config = snapname === undefined ? guest.config : (guest.snapshots[snapname]?.config ?? {});
  return disksOf({ config })
    .filter(({ option }) => !option.startsWith("unused"))
    .every(({ volid }) => hasFeature(world, volid, feature === "copy" ? "copy" : "clone", snapname));
}

/** Whether a guest could be snapshot, cloned or copied, and on which nodes. */
function feature(kind: Kind) {
  return (call: Call) => {
    const { params, world } = call;
    const guest = guestOn(world, call.node, kind, params.number("vmid"));
    if (!guest) throw died(notFound(call.node, kind, params.number("vmid")));
    const snapname = params.optional("snapname");
    if (snapname && !guest.snapshots[snapname]) throw died(`snapshot '${snapname}' does not exist`);
    const hasIt = featureOf(world, guest, params.text("feature"), snapname) ? 1 : 0;
    const shared = !Object.values(guest.config).some((value) => value.includes("local-lvm:"));
    const nodes = shared ? Object.keys(world.state.nodes) : [call.node];
    return kind === "qemu" ? { hasFeature: hasIt, nodes } : { hasFeature: hasIt };
  };
}

const commands = ["current", "reboot", "reset", "resume", "shutdown", "start", "stop", "suspend"];

function powerIndex(kind: Kind) {
  return (call: Call) => {
    guestOf(call, kind);
    return commands.filter((name) => kind === "qemu" || name !== "reset").map((subdir) => ({ subdir }));
  };
}

/** Lists and status of one kind of guest. */
export const guestHandlers = (kind: Kind): Handlers => ({
  [`GET /nodes/{node}/${kind}`]: list(kind),
  [`GET /nodes/{node}/${kind}/{vmid}/status`]: powerIndex(kind),
  [`GET /nodes/{node}/${kind}/{vmid}/status/current`]: current(kind),
  [`GET /nodes/{node}/${kind}/{vmid}/feature`]: feature(kind),
});
