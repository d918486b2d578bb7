import { signature } from "../auth.ts";
import type { Call, Handler } from "../call.ts";
import { checkBirth, makeDisks, reserve, uuid, type Birth } from "../create.ts";
import type { Kind } from "../guest.ts";
import { withMacs } from "../network-card.ts";
import { powerOn } from "../power-state.ts";
import { died, invalid } from "../refusal.ts";
import { bytesOf } from "../resources.ts";
import type { Config, Guest } from "../state.ts";
import { takesFormat } from "../storage-type.ts";
import { startTask } from "../task.ts";
import { disksOf, findVolume, isCloudInit, removeVolume } from "../volume.ts";
import type { World } from "../world.ts";

/** Proxmox takes the VMID for itself before it answers, so what is locked is not replaced. */
function checkUnlocked({ world }: Call, { vmid }: Birth): void {
  const { kind, lock } = world.state.guests[vmid] ?? {};
  const name = kind === "lxc" ? "CT" : "VM";
  if (lock) throw died(`unable to restore ${name} ${vmid} - ${name} is locked (${lock})`);
}

/** What a restore replaces: allowed only by force, and only when it is stopped and not protected. */
function clearPlace(call: Call, birth: Birth): void {
  const { world, params } = call;
  const old = world.state.guests[birth.vmid];
  if (!old) return;
  if (!params.flag("force")) return checkBirth(world, birth, "restore");
  if (old.config.protection === "1")
    throw died(`unable to restore VM ${birth.vmid} - - protection mode enabled`);
  if (old.status === "running") throw died(`unable to restore vm ${birth.vmid} - vm is running`);
}

/** The drives of a restored VM are those of its backup. */
function checkNoDrives({ config }: Birth): void {
  const drive = Object.keys(config)
    .toSorted()
    .find((name) => /^(?:ide|sata|scsi|virtio|efidisk|tpmstate)\d+$/.test(name));
  if (drive) throw invalid({ [drive]: "option conflicts with option 'archive'" });
}

/** Makes a guest out of a backup. Its configuration is there, and locked, until all is written. */
export function restore(kind: Kind, birthOf: (call: Call) => Birth): Handler {
  return (call) => {
    const { world, node, params } = call;
    const birth = birthOf(call);
    if (kind === "qemu") checkNoDrives(birth);
    const archive = params.text(kind === "qemu" ? "archive" : "ostemplate");
    if (!archive.includes(":"))
      throw died(
        "Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 562.",
      );
    if (!findVolume(world, archive, node)) throw died(`volume '${archive}' does not exist`);
    if (params.flag("force")) checkUnlocked(call, birth);
    else clearPlace(call, birth);
    const type = kind === "qemu" ? "qmrestore" : "vzrestore";
    const spec = { node, type, id: String(birth.vmid), user: signature(call.who) };
    return startTask(world, spec, async (task) => {
      clearPlace(call, birth);
      const backup = findVolume(world, archive, node);
      if (!backup?.config) throw died(`volume '${archive}' does not exist`);
      for (const volume of world.state.volumes.filter(
        ({ vmid, content }) => vmid === birth.vmid && content !== "backup",
      ))
        removeVolume(world, volume.volid, node);
      const guest = reserve(world, birth, "create");
      await task.work("restore");
      const overrides = Object.fromEntries(
        Object.entries(birth.config).filter(([name]) => name !== "rootfs"),
      );
      try {
        write(call, guest, { ...fresh(world, kind, backup.config, landingOf(call, kind)), ...overrides });
      } catch (error) {
        throw kind === "qemu" ? extractFailed(world, archive, error) : error;
      } finally {
        delete guest.lock;
      }
      task.log("restore done");
      if (params.flag("start")) powerOn(world, guest);
    });
  };
}

/** Where the disks go; undefined for where they were. */
const landingOf = ({ params }: Call, kind: Kind) =>
  params.optional("storage") ?? (kind === "lxc" ? "local" : undefined);

/** The configuration as the backup has it; a unique one gets its own addresses, every VM its own generation. */
function write({ world, params }: Call, guest: Guest, config: Config): void {
  const { kind } = guest;
  const whole = { ...config, ...makeDisks(world, guest, config) };
  const unique = params.flag("unique");
  guest.config = unique ? withMacs(world, kind, whole, true) : whole;
  if (kind === "lxc") return;
  if (guest.config.vmgenid !== undefined) guest.config.vmgenid = uuid(world);
  if (unique) guest.config.smbios1 = `uuid=${uuid(world)}`;
}

/** The disks are made by a program that unpacks the archive: its failure is told in these words. */
function extractFailed(world: World, archive: string, error: unknown) {
  const [storage = "", name = ""] = archive.split(":");
  const path = `${world.state.storages[storage]?.path ?? ""}/${name.replace(/^backup\//, "dump/")}`;
  const why = error instanceof Error ? error.message : String(error);
  return died(
    `command 'set -o pipefail && vma extract -v -r /var/tmp/map.fifo ${path} /var/tmp' failed: ${why}`,
  );
}

/** A VM's disk that is no part of its backups; a container gets an empty one. */
const isLeftOut = (name: string, value: string) =>
  /^(?:ide|sata|scsi|virtio)\d+$/.test(name) && /,backup=(?:0|no|off)\b/.test(value);

/** The order for a disk like this one: a cloud-init drive, or one of the same size and, where it can be, format. */
function orderOf(world: World, kind: Kind, value: string, landing: string | undefined): string {
  const [volid = "", ...rest] = value.split(",");
  const name = landing ?? volid.split(":")[0] ?? "";
  const storage = world.state.storages[name];
  const format = /\.(raw|qcow2|vmdk)$/.exec(volid)?.[1] ?? "raw";
  const kept = kind === "qemu" && storage && takesFormat(storage, format) ? [`format=${format}`] : [];
  if (isCloudInit(value)) return [`${name}:cloudinit`, ...kept, ...rest].join(",");
  const options = rest.filter((part) => !part.startsWith("size="));
  const gib = bytesOf(/size=([\d.]+[KMGT]?)/.exec(value)?.[1] ?? "0") / 1024 ** 3;
  return [`${name}:${gib}`, ...kept, ...options].join(",");
}

/** A backed-up configuration whose disks are asked for anew. */
const fresh = (world: World, kind: Kind, config: Config, landing: string | undefined): Config =>
  Object.fromEntries(
    Object.entries(config)
      .filter(([name, value]) => !isLeftOut(name, value) && !/^unused\d+$/.test(name))
      .map(([name, value]) => {
        const disk = disksOf({ config: { [name]: value } }).length > 0;
        return [name, disk || isCloudInit(value) ? orderOf(world, kind, value, landing) : value];
      }),
  );
