import type { Call } from "./call.ts";
import type { Kind } from "./guest.ts";
import { requirePrivilege } from "./permission.ts";
import { Refusal } from "./refusal.ts";
import { hostMounts } from "./volume.ts";

type Rule = readonly [RegExp, readonly string[]];

const RULES: Readonly<Record<Kind, readonly Rule[]>> = {
  qemu: [
    [/^(cores|cpu|cpulimit|cpuunits|numa\d*|smp|sockets|vcpus|affinity)$/, ["VM.Config.CPU"]],
    [/^(memory|balloon|shares|hugepages|keephugepages)$/, ["VM.Config.Memory"]],
    [
      /^(acpi|hotplug|kvm|machine|scsihw|smbios1|tablet|vga|watchdog|audio0|rng0|arch)$/,
      ["VM.Config.HWType"],
    ],
    [
      /^(ide|sata|scsi|virtio|efidisk|tpmstate|unused)\d+$|^(boot|bootdisk|vmstatestorage)$/,
      ["VM.Config.Disk"],
    ],
    [/^(net\d+)$/, ["VM.Config.Network"]],
    [/^(ipconfig\d+|nameserver|searchdomain)$/, ["VM.Config.Network", "VM.Config.Cloudinit"]],
    [/^(cicustom|cipassword|citype|ciuser|ciupgrade|sshkeys)$/, ["VM.Config.Cloudinit"]],
  ],
  lxc: [
    [/^(cores|cpu|cpulimit|cpuunits)$/, ["VM.Config.CPU"]],
    [/^(memory|swap)$/, ["VM.Config.Memory"]],
    [/^(rootfs|(mp|unused)\d+)$/, ["VM.Config.Disk"]],
    [/^(net\d+|nameserver|searchdomain|hostname)$/, ["VM.Config.Network"]],
  ],
};

const GENERAL = ["VM.Config.Options"];

/** Each option of a guest has a privilege of its own; new disks need space on their storage too. */
export function requireConfigRights(call: Call, kind: Kind, config: Readonly<Record<string, string>>): void {
  if (call.who.user === "root@pam" && !call.who.token) return;
  for (const [name, value] of Object.entries(config)) {
    const mount = kind === "lxc" ? hostMounts({ [name]: value })[0] : undefined;
    if (mount)
      throw new Refusal(
        403,
        `Permission check failed (mount point type ${mount.type} is only allowed for root@pam)`,
      );
    const [, names] = RULES[kind].find(([pattern]) => pattern.test(name)) ?? [undefined, GENERAL];
    const cdrom = names.includes("VM.Config.Disk") && value.includes("media=cdrom");
    requirePrivilege(call, `/vms/${call.params.text("vmid")}`, cdrom ? ["VM.Config.CDROM"] : names);
    const storage = /^([\w.-]+):\d+(\.\d+)?(,|$)/.exec(value)?.[1];
    if (storage && names.includes("VM.Config.Disk"))
      requirePrivilege(call, `/storage/${storage}`, ["Datastore.AllocateSpace"]);
  }
}
