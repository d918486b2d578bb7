import { signature } from "../auth.ts";
import type { Call, Handler, Handlers } from "../call.ts";
import { checkRoom, containerFormat, makeVolume, SMALL_DISK } from "../disk.ts";
import { checkDigest, checkLock, withConfigLock, type Kind } from "../guest.ts";
import { died, invalid } from "../refusal.ts";
import type { Guest, Storage, Volume } from "../state.ts";
import { defaultFormat, takesFormat } from "../storage-type.ts";
import { startTask } from "../task.ts";
import { copiedDrives, disksOf, findVolume, isCloudInit, release, removeVolume } from "../volume.ts";
import { cloudInitName, driveText, volumeName } from "../volume-name.ts";
import type { World } from "../world.ts";
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

/** What a drive holds: a disk, or cloud-init data. Other CD-ROMs stay. */
function volumeOf(world: World, guest: Guest, option: string): Volume {
  const value = guest.config[option] ?? "";
  if (value.includes("media=cdrom") && !isCloudInit(value)) throw died("you can't move a cdrom");
  const drives = [...copiedDrives(guest), ...disksOf(guest)];
  const volume = findVolume(world, drives.find((disk) => disk.option === option)?.volid ?? "", guest.node);
  if (!volume) throw died(`disk '${option}' does not exist`);
  return volume;
}

function moveOf(call: Call, kind: Kind): Move {
  const { params, world } = call;
  checkTarget(call);
  const guest = guestOf(call, kind);
  checkDigest(guest, params.optional("digest"));
  checkLock(guest);
  const option = params.text(kind === "qemu" ? "disk" : "volume");
  const volume = volumeOf(world, guest, option);
  const storage = world.state.storages[params.text("storage")];
  if (!storage) throw died(`storage '${params.text("storage")}' does not exist`);
  const asked = params.optional("format");
  const named = /\.(raw|qcow2|vmdk)$/.test(volume.volid) ? volume.format : undefined;
  if (storage.storage === volume.storage && (asked === undefined || named === undefined || asked === named))
    throw died("you can't move to the same storage with same format");
  const snapshots = Object.values(guest.snapshots).some(({ config }) =>
    config[option]?.includes(volume.volid),
  );
  if (snapshots && params.flag("delete"))
    throw died("you can't move a disk with snapshots and delete the source");
  return {
    guest,
    option,
    volume,
    storage,
    format: landingFormat(kind, option, storage, asked ?? volume.format),
  };
}

/** As asked or as it was, where the storage takes that. */
function landingFormat(kind: Kind, option: string, storage: Storage, wanted: string): string {
  if (kind === "lxc") return containerFormat(storage);
  if (option.startsWith("tpmstate")) return "raw";
  return takesFormat(storage, wanted) ? wanted : defaultFormat(storage);
}

function finish(call: Call, { guest, option, volume, storage, format }: Move): void {
  const { world } = call;
  const { config } = guest;
  const cloudinit = isCloudInit(volume.volid);
  const volid = cloudinit
    ? cloudInitName(storage, guest.vmid, format)
    : volumeName(world, storage, guest, format);
  const size = cloudinit ? SMALL_DISK : volume.size;
  const moved = makeVolume(world, guest, { volid, storage, format, size });
  moved.used = volume.used;
  config[option] = driveText(volid, (config[option] ?? "").split(",").slice(1), moved.size);
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
