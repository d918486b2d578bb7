import { signature } from "../auth.ts";
import type { Call, Handler, Handlers } from "../call.ts";
import { checkLock, noun, withConfigLock, type Kind } from "../guest.ts";
import { haResource } from "../ha.ts";
import { checkRootOptions } from "../root-options.ts";
import { referencesOf } from "../references.ts";
import { died } from "../refusal.ts";
import type { Guest } from "../state.ts";
import { startTask } from "../task.ts";
import { disksOf, isSeenFrom, ownerOf, removeVolume } from "../volume.ts";
import type { World } from "../world.ts";
import { guestOf } from "./guests.ts";

/** A linked clone's disk names the base volume it stands on. */
function checkChildren(world: World, guest: Guest): void {
  for (const { volid } of disksOf(guest)) {
    const base = volid.split(":")[1] ?? volid;
    const used = Object.values(world.state.guests).some(
      (other) => other !== guest && Object.values(other.config).some((value) => value.includes(`${base}/`)),
    );
    if (used) throw died(`base volume '${volid}' is still in use by linked cloned`);
  }
}

/** Its own disks go, unused ones too; another guest's stay, whose name they bear. */
function freeDisks(world: World, guest: Guest): void {
  for (const { volid, attached, unused } of referencesOf(guest))
    if ((attached || unused) && ownerOf(volid) === guest.vmid) removeVolume(world, volid, guest.node);
}

/** Whatever bears the guest's name on a storage that its node reaches. */
function freeUnreferenced(world: World, guest: Guest): void {
  const own = world.state.volumes
    .filter(isSeenFrom(guest.node))
    .filter(({ content, volid }) => content === "images" && ownerOf(volid) === guest.vmid);
  for (const { volid } of own) removeVolume(world, volid, guest.node);
}

function forget(world: World, guest: Guest): void {
  delete world.state.sections["ha-resources"]?.[`${guest.kind === "qemu" ? "vm" : "ct"}:${guest.vmid}`];
  for (const pool of Object.values(world.state.pools))
    pool.vms = pool.vms.filter((vmid) => vmid !== guest.vmid);
  delete world.state.guests[guest.vmid];
  world.touch();
}

function precheck(call: Call, kind: Kind): Guest {
  const guest = guestOf(call, kind);
  const name = `${noun(kind)} ${guest.vmid}`;
  if (guest.config.protection === "1") throw died(`can't remove ${name} - protection mode enabled`);
  const purge = call.params.flag("purge");
  if (haResource(call.world, guest) && !purge)
    throw died(`unable to remove ${name} - used in HA resources and purge parameter not set.`);
  const forced = kind === "lxc" && call.params.flag("force");
  if (guest.status === "running" && !forced) throw died(`${name} is running - destroy failed`);
  return guest;
}

const destroy =
  (kind: Kind): Handler =>
  (call) => {
    const { world, node, params } = call;
    checkRootOptions(call);
    const guest = precheck(call, kind);
    const type = kind === "qemu" ? "qmdestroy" : "vzdestroy";
    return startTask(world, { node, type, id: String(guest.vmid), user: signature(call.who) }, (task) =>
      withConfigLock(world, guest, async () => {
        if (guest.lock !== "suspended") checkLock(guest);
        checkChildren(world, guest);
        if (guest.status === "running" && kind === "qemu")
          throw died(`VM ${guest.vmid} is running - destroy failed`);
        await task.work("destroy");
        if (params.flag("purge")) task.log(`purging VM ${guest.vmid} from related configurations..`);
        freeDisks(world, guest);
        if (params.flag("destroy-unreferenced-disks")) freeUnreferenced(world, guest);
        forget(world, guest);
      }),
    );
  };

/** Removing guests. */
export const destroyHandlers: Handlers = {
  "DELETE /nodes/{node}/qemu/{vmid}": destroy("qemu"),
  "DELETE /nodes/{node}/lxc/{vmid}": destroy("lxc"),
};
