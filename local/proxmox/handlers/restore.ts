import { signature } from "../auth.ts";
import type { Call, Handler } from "../call.ts";
import { checkBirth, complete, reserve, withMacs, type Birth } from "../create.ts";
import type { Kind } from "../guest.ts";
import { powerOn } from "../power-state.ts";
import { died } from "../refusal.ts";
import { startTask } from "../task.ts";
import { findVolume, removeVolume } from "../volume.ts";

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

/** Makes a guest out of a backup. Its configuration is there, and locked, until all is written. */
export function restore(kind: Kind, birthOf: (call: Call) => Birth): Handler {
  return (call) => {
    const { world, node, params } = call;
    const birth = birthOf(call);
    const archive = params.text(kind === "qemu" ? "archive" : "ostemplate");
    if (!archive.includes(":"))
      throw died(
        "Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 562.",
      );
    if (!findVolume(world, archive, node)) throw died(`volume '${archive}' does not exist`);
    if (!params.flag("force")) clearPlace(call, birth);
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
        const landing = params.optional("storage") ?? (kind === "lxc" ? "local" : undefined);
        const config = { ...fresh(backup.config, landing), ...overrides };
        complete(world, guest, params.flag("unique") ? withMacs(world, kind, config, true) : config);
      } finally {
        delete guest.lock;
      }
      task.log("restore done");
      if (params.flag("start")) powerOn(world, guest);
    });
  };
}

/** A VM's disk that is no part of its backups; a container gets an empty one. */
const isLeftOut = (name: string, value: string) =>
  /^(?:ide|sata|scsi|virtio)\d+$/.test(name) && /,backup=(?:0|no|off)\b/.test(value);

/** A backed-up configuration whose disks are asked for anew. */
function fresh(
  config: Readonly<Record<string, string>>,
  storage: string | undefined,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([name, value]) => !isLeftOut(name, value))
      .map(([name, value]) => {
        const [, size, unit] = /size=(\d+)([GM])/.exec(value) ?? [];
        if (size === undefined || value.includes("media=cdrom")) return [name, value];
        const rest = value
          .split(",")
          .slice(1)
          .filter((part) => !part.startsWith("size="));
        const file = `${storage ?? value.split(":")[0]}:${unit === "G" ? size : 1}`;
        return [name, [file, ...rest].join(",")];
      }),
  );
}
