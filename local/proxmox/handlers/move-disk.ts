import { signature } from "../auth.ts";
import type { Call, Handler, Handlers } from "../call.ts";
import { checkRoom, volumeName } from "../disk.ts";
import { checkDigest, checkLock, withConfigLock, type Kind } from "../guest.ts";
import { died, invalid } from "../refusal.ts";
import type { Guest, Storage, Volume } from "../state.ts";
import { startTask } from "../task.ts";
import { disksOf, findVolume, release, removeVolume } from "../volume.ts";
import { seconds } from "../world.ts";
import { guestOf } from "./guests.ts";

const EITHER = "both 'storage' and 'target-vmid' missing, either needs to be set";
const NOT_BOTH = "either set 'storage' or 'target-vmid', but not both";

interface Move {
  readonly guest: Guest;
  readonly option: string;
  readonly volume: Volume;
  readonly storage: Storage;
  readonly format: string;
}

function checkTarget({ params, world }: Call): void {
  const [storage, vmid] = [params.has("storage"), params.has("target-vmid")];
  if (!storage && !vmid) throw invalid({ storage: EITHER, "target-vmid": EITHER });
  if (storage && vmid) throw invalid({ storage: NOT_BOTH, "target-vmid": NOT_BOTH });
  if (!vmid) return;
  const [target, source] = [params.text("target-vmid"), params.text("vmid")];
  if (target === source)
    throw invalid({ "target-vmid": "must be different than source VMID to reassign disk" });
  if (!world.state.guests[target]) throw died(`could not find target VM ${target}`);
  throw died("not simulated yet: giving a disk to another VM");
}

function moveOf(call: Call, kind: Kind): Move {
  const { params, world } = call;
  checkTarget(call);
  const guest = guestOf(call, kind);
  checkDigest(guest, params.optional("digest"));
  checkLock(guest);
  const option = params.text(kind === "qemu" ? "disk" : "volume");
  const volid = disksOf(guest).find((disk) => disk.option === option)?.volid ?? "";
  const volume = findVolume(world, volid, guest.node);
  if (!volume) throw died(`disk '${option}' does not exist`);
  const storage = world.state.storages[params.text("storage")];
  if (!storage) throw died(`storage '${params.text("storage")}' does not exist`);
  const format = params.optional("format") ?? (storage.path === undefined ? "raw" : volume.format);
  if (storage.storage === volume.storage && format === volume.format)
    throw died("you can't move to the same storage with same format");
  const snapshots = Object.values(guest.snapshots).some(({ config }) =>
    config[option]?.includes(volume.volid),
  );
  if (snapshots && params.flag("delete"))
    throw died("you can't move a disk with snapshots and delete the source");
  return { guest, option, volume, storage, format };
}

function finish(call: Call, { guest, option, volume, storage, format }: Move): void {
  const { world } = call;
  const volid = volumeName(world, storage, { ...guest, format });
  const { node: _, ...facts } = volume;
  const where = storage.shared ? {} : { node: guest.node };
  world.state.volumes.push({
    ...facts,
    ...where,
    volid,
    storage: storage.storage,
    format,
    ctime: seconds(world),
  });
  guest.config[option] = (guest.config[option] ?? "").replace(volume.volid, volid);
  // Nothing asks whose disk it is before it goes.
  if (call.params.flag("delete")) removeVolume(world, volume.volid, guest.node);
  else release(world, guest, volume.volid, false);
  world.touch();
}

const moveDisk =
  (kind: Kind): Handler =>
  (call) => {
    const { world, node } = call;
    const move = moveOf(call, kind);
    const type = kind === "qemu" ? "qmmove" : "move_volume";
    const spec = { node, type, id: String(move.guest.vmid), user: signature(call.who) };
    return startTask(world, spec, (task) =>
      withConfigLock(world, move.guest, async () => {
        task.log(`create full clone of drive ${move.option} (${move.volume.volid})`);
        await task.work("clone");
        checkRoom(move.storage);
        finish(call, move);
      }),
    );
  };

/** Moving a disk to other storage. Giving it to another guest is not simulated. */
export const moveDiskHandlers: Handlers = {
  "POST /nodes/{node}/qemu/{vmid}/move_disk": moveDisk("qemu"),
  "POST /nodes/{node}/lxc/{vmid}/move_volume": moveDisk("lxc"),
};
