import { signature } from "../auth.ts";
import type { Call, Handler, Handlers } from "../call.ts";
import { checkLock, noun, withGuestLock, type Kind } from "../guest.ts";
import { askManager, haResource } from "../ha.ts";
import { died, invalid } from "../refusal.ts";
import type { Guest } from "../state.ts";
import { startTask } from "../task.ts";
import { disksOf, findVolume } from "../volume.ts";
import { atLeast, type World } from "../world.ts";
import { guestOf } from "./guests.ts";

const localDisks = (world: World, guest: Guest) =>
  disksOf(guest).filter(({ volid }) => findVolume(world, volid)?.node !== undefined);

function precheck(call: Call, kind: Kind): Guest {
  const { world, node, params } = call;
  const target = params.text("target");
  if (target === node) throw invalid({ target: "target is local node." });
  if (!world.state.nodes[target]) throw died(`no such cluster node '${target}'`);
  const guest = guestOf(call, kind);
  checkLock(guest);
  const live = params.flag("online") || (kind === "lxc" && params.flag("restart"));
  if (guest.status === "running" && !live) throw died(`can't migrate running ${noun(kind)} without --online`);
  return guest;
}

/** The guest and its local disks are on the other node from now on. */
function move(world: World, guest: Guest, target: string): void {
  for (const { volid } of localDisks(world, guest)) {
    const volume = findVolume(world, volid);
    if (volume) volume.node = target;
  }
  guest.node = target;
  world.touch();
}

/** Starts the migration itself. */
function launch(call: Call, guest: Guest, user: string): string {
  const { world, node, params } = call;
  const target = params.text("target");
  const type = guest.kind === "qemu" ? "qmigrate" : "vzmigrate";
  return startTask(world, { node, type, id: String(guest.vmid), user }, async (task) => {
    const stuck = guest.status === "running" && guest.kind === "qemu" && !params.flag("with-local-disks");
    const [disk] = localDisks(world, guest);
    if (stuck && disk) {
      task.log(
        `ERROR: can't live migrate attached local disks without with-local-disks option: ${disk.volid}`,
      );
      throw died("migration aborted");
    }
    if (!world.state.nodes[target]?.online) throw died("migration aborted");
    await withGuestLock(world, guest, "migrate", async () => {
      task.log(`starting migration of ${noun(guest.kind)} ${guest.vmid} to node '${target}'`);
      await task.work("migrate");
      move(world, guest, target);
    });
    task.log("migration finished successfully");
  });
}

/** A guest under high availability is moved by the manager, later. */
const migrate =
  (kind: Kind): Handler =>
  (call) => {
    const guest = precheck(call, kind);
    const user = signature(call.who);
    if (!haResource(call.world, guest)) return launch(call, guest, user);
    const spec = { node: call.node, type: "hamigrate", id: String(guest.vmid), user };
    return askManager(call.world, guest, { spec, act: () => void launch(call, guest, "root@pam") });
  };

const diskRow =
  (world: World) =>
  ({ option, volid }: { option: string; volid: string }) => {
    const unused = option.startsWith("unused");
    return {
      volid,
      ...(!unused && { drivename: option }),
      size: findVolume(world, volid)?.size ?? 0,
      cdrom: 0,
      is_attached: unused ? 0 : 1,
      is_unused: unused ? 1 : 0,
      is_tpmstate: option.startsWith("tpmstate") ? 1 : 0,
      is_vmstate: 0,
      ...(atLeast(world, 9.2) && { is_cloudinit: 0 }),
      replicate: 1,
      shared: 0,
    };
  };

/** What a migration would meet; containers only answer this from 9.0 on, with hyphens. */
const precondition = (kind: Kind) => (call: Call) => {
  const { world, node } = call;
  const guest = guestOf(call, kind);
  const nodes = Object.values(world.state.nodes).filter((one) => one.name !== node && one.online);
  const allowed = nodes.map(({ name }) => name);
  const running = guest.status === "running" ? 1 : 0;
  if (kind === "lxc") return { running, "allowed-nodes": allowed, "not-allowed-nodes": {} };
  const targets = running ? {} : { allowed_nodes: allowed, not_allowed_nodes: {} };
  const local = { local_disks: localDisks(world, guest).map(diskRow(world)), local_resources: [] };
  const mapped = atLeast(world, 8) ? { "mapped-resources": [] } : {};
  const info = atLeast(world, 8.4) ? { "mapped-resource-info": {} } : {};
  const bus = atLeast(world, 9) ? { "has-dbus-vmstate": 0, "dependent-ha-resources": [] } : {};
  return { running, ...targets, ...local, ...mapped, ...info, ...bus };
};

/** Moving guests between nodes. */
export const migrateHandlers = (kind: Kind): Handlers => ({
  [`GET /nodes/{node}/${kind}/{vmid}/migrate`]: precondition(kind),
  [`POST /nodes/{node}/${kind}/{vmid}/migrate`]: migrate(kind),
});
