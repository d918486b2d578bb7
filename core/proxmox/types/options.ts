// Made by local/proxmox/facts/options.ts of the facts of 7.4, 8.4, 9.2; do not edit.

/** What an option of a VM may be: the widest of all versions. `first` is the key that a property string may leave out. */
export interface Known {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly length?: number;
  readonly pattern?: string;
  readonly first?: string;
  readonly keys?: Readonly<Record<string, Known>>;
}

/** The options of a VM beside its disks and network cards; `usb[n]` stands for usb0, usb1 and so on. */
export const OPTIONS: Readonly<Record<string, Known>> = {
  "acpi": {"type":"boolean"},
  "affinity": {},
  "agent": {"first":"enabled","keys":{"enabled":{"type":"boolean"},"freeze-fs":{"type":"boolean"},"freeze-fs-on-backup":{},"fstrim_cloned_disks":{"type":"boolean"},"guest-fsfreeze":{},"type":{"enum":["virtio","isa"]}}},
  "allow-ksm": {"type":"boolean"},
  "amd-sev": {},
  "arch": {"enum":["x86_64","aarch64"]},
  "audio0": {"keys":{"device":{"enum":["ich9-intel-hda","intel-hda","AC97"]},"driver":{"enum":["spice","none"]}}},
  "autostart": {"type":"boolean"},
  "balloon": {"type":"integer","min":0},
  "bios": {"enum":["seabios","ovmf"]},
  "boot": {},
  "cicustom": {},
  "cipassword": {},
  "citype": {"enum":["configdrive2","nocloud","opennebula"]},
  "ciupgrade": {"type":"boolean"},
  "ciuser": {},
  "cores": {"type":"integer","min":1},
  "cpu": {},
  "cpulimit": {"type":"number","min":0,"max":128},
  "cpuunits": {"type":"integer","min":1,"max":262144},
  "ha-managed": {"type":"boolean"},
  "hostpci[n]": {},
  "hotplug": {},
  "hugepages": {"enum":["any","2","1024"]},
  "intel-tdx": {},
  "ipconfig[n]": {},
  "ivshmem": {"keys":{"name":{"pattern":"[a-zA-Z0-9\\-]+"},"size":{"type":"integer","min":1}}},
  "keephugepages": {"type":"boolean"},
  "keyboard": {"enum":["de","de-ch","da","en-gb","en-us","es","fi","fr","fr-be","fr-ca","fr-ch","hu","is","it","ja","lt","mk","nl","no","pl","pt","pt-br","sv","sl","tr"]},
  "kvm": {"type":"boolean"},
  "localtime": {"type":"boolean"},
  "machine": {},
  "memory": {},
  "migrate_downtime": {"type":"number","min":0},
  "migrate_speed": {"type":"integer","min":0},
  "name": {},
  "nameserver": {},
  "numa": {"type":"boolean"},
  "numa[n]": {"keys":{"cpus":{"pattern":"(?:\\d+(?:-\\d+)?(?:;\\d+(?:-\\d+)?)*)"},"hostnodes":{"pattern":"(?:\\d+(?:-\\d+)?(?:;\\d+(?:-\\d+)?)*)"},"memory":{"type":"number"},"policy":{"enum":["preferred","bind","interleave"]}}},
  "onboot": {"type":"boolean"},
  "ostype": {"enum":["other","wxp","w2k","w2k3","w2k8","wvista","win7","win8","win10","win11","l24","l26","solaris"]},
  "protection": {"type":"boolean"},
  "reboot": {"type":"boolean"},
  "rng0": {},
  "scsihw": {"enum":["lsi","lsi53c810","virtio-scsi-pci","virtio-scsi-single","megasas","pvscsi"]},
  "searchdomain": {},
  "serial[n]": {},
  "shares": {"type":"integer","min":0,"max":50000},
  "smbios1": {"length":512},
  "sockets": {"type":"integer","min":1},
  "spice_enhancements": {"keys":{"foldersharing":{"type":"boolean"},"videostreaming":{"enum":["off","all","filter"]}}},
  "sshkeys": {},
  "startdate": {"pattern":"(now|\\d{4}-\\d{1,2}-\\d{1,2}(T\\d{1,2}:\\d{1,2}:\\d{1,2})?)"},
  "startup": {},
  "tablet": {"type":"boolean"},
  "tdf": {"type":"boolean"},
  "tpmstate0": {"first":"file","keys":{"file":{},"format":{"enum":["raw","qcow2","vmdk"]},"import-from":{},"size":{},"version":{"enum":["v1.2","v2.0"]},"volume":{}}},
  "usb[n]": {"first":"host","keys":{"host":{},"mapping":{},"usb3":{"type":"boolean"}}},
  "vcpus": {"type":"integer","min":1},
  "vga": {"first":"type","keys":{"clipboard":{"enum":["vnc"]},"memory":{"type":"integer","min":4,"max":512},"type":{"enum":["cirrus","qxl","qxl2","qxl3","qxl4","none","serial0","serial1","serial2","serial3","std","virtio","virtio-gl","vmware"]}}},
  "virtiofs[n]": {"first":"dirid","keys":{"cache":{"enum":["auto","always","metadata","never"]},"direct-io":{"type":"boolean"},"dirid":{},"expose-acl":{"type":"boolean"},"expose-xattr":{"type":"boolean"}}},
  "vmgenid": {"pattern":"(?:[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}|[01])"},
  "vmstatestorage": {},
  "watchdog": {},
};
