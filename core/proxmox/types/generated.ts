// Made by local/proxmox/facts/types.ts of the facts of 7.4, 8.4, 9.2; do not edit.

/** A boolean on the wire. */
type Flag = 0 | 1 | "0" | "1";
/** A number on the wire. */
type Numeric = number | string;
/** The schema is silent. */
type Unknown = unknown;

/** What each call takes beside what is in its path. */
export interface Params {
  "GET /version": Readonly<Record<never, never>>;
  "POST /access/ticket": { "new-format"?: boolean | undefined; "otp"?: string | undefined; "password": string; "path"?: string | undefined; "privs"?: string | readonly string[] | undefined; "realm"?: string | undefined; "tfa-challenge"?: string | undefined; "username": string; };
  "GET /cluster/status": Readonly<Record<never, never>>;
  "GET /cluster/resources": { "type"?: "vm" | "storage" | "node" | "sdn" | undefined; };
  "GET /cluster/tasks": Readonly<Record<never, never>>;
  "GET /cluster/nextid": { "vmid"?: number | undefined; };
  "GET /cluster/ha/groups": Readonly<Record<never, never>>;
  "GET /cluster/ha/rules": { "resource"?: string | undefined; "type"?: "node-affinity" | "resource-affinity" | undefined; };
  "GET /nodes/{node}/tasks": { "errors"?: boolean | undefined; "limit"?: number | undefined; "since"?: number | undefined; "source"?: "archive" | "active" | "all" | undefined; "start"?: number | undefined; "statusfilter"?: string | readonly string[] | undefined; "typefilter"?: string | undefined; "until"?: number | undefined; "userfilter"?: string | undefined; "vmid"?: number | undefined; };
  "GET /nodes/{node}/tasks/{upid}/status": Readonly<Record<never, never>>;
  "POST /nodes/{node}/vzdump": { "all"?: boolean | undefined; "bwlimit"?: number | undefined; "compress"?: "0" | "1" | "gzip" | "lzo" | "zstd" | undefined; "exclude"?: string | readonly string[] | undefined; "exclude-path"?: string | readonly string[] | undefined; "fleecing"?: string | undefined; "ionice"?: number | undefined; "lockwait"?: number | undefined; "mailnotification"?: "always" | "failure" | undefined; "mailto"?: string | readonly string[] | undefined; "maxfiles"?: number | undefined; "mode"?: "snapshot" | "suspend" | "stop" | undefined; "notes-template"?: string | undefined; "notification-mode"?: "auto" | "legacy-sendmail" | "notification-system" | undefined; "notification-policy"?: "always" | "failure" | "never" | undefined; "notification-target"?: string | undefined; "pbs-change-detection-mode"?: "legacy" | "data" | "metadata" | undefined; "performance"?: string | undefined; "pigz"?: number | undefined; "pool"?: string | undefined; "protected"?: boolean | undefined; "prune-backups"?: string | undefined; "quiet"?: boolean | undefined; "remove"?: boolean | undefined; "stdexcludes"?: boolean | undefined; "stdout"?: boolean | undefined; "stop"?: boolean | undefined; "stopwait"?: number | undefined; "storage"?: string | undefined; "vmid"?: string | readonly string[] | undefined; "zstd"?: number | undefined; };
  "POST /nodes/{node}/storage/{storage}/upload": { "checksum"?: string | undefined; "checksum-algorithm"?: "md5" | "sha1" | "sha224" | "sha256" | "sha384" | "sha512" | undefined; "content": "iso" | "vztmpl" | "import"; "filename": string; "tmpfilename"?: string | undefined; };
  "POST /nodes/{node}/qemu/{vmid}/status/start": { "force-cpu"?: string | undefined; "machine"?: string | undefined; "migratedfrom"?: string | undefined; "migration_network"?: string | undefined; "migration_type"?: "secure" | "insecure" | undefined; "nets-host-mtu"?: string | undefined; "stateuri"?: string | undefined; "targetstorage"?: string | readonly string[] | undefined; "timeout"?: number | undefined; "with-conntrack-state"?: boolean | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/status/start": { "debug"?: boolean | undefined; };
  "POST /nodes/{node}/qemu/{vmid}/status/stop": { "keepActive"?: boolean | undefined; "migratedfrom"?: string | undefined; "overrule-shutdown"?: boolean | undefined; "timeout"?: number | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/status/stop": { "overrule-shutdown"?: boolean | undefined; };
  "GET /nodes/{node}/qemu/{vmid}/status/current": Readonly<Record<never, never>>;
  "GET /nodes/{node}/lxc/{vmid}/status/current": Readonly<Record<never, never>>;
  "GET /nodes/{node}/qemu/{vmid}/config": { "current"?: boolean | undefined; "snapshot"?: string | undefined; };
  "GET /nodes/{node}/lxc/{vmid}/config": { "current"?: boolean | undefined; "snapshot"?: string | undefined; };
  "PUT /nodes/{node}/qemu/{vmid}/resize": { "digest"?: string | undefined; "disk": "ide0" | "ide1" | "ide2" | "ide3" | "scsi0" | "scsi1" | "scsi2" | "scsi3" | "scsi4" | "scsi5" | "scsi6" | "scsi7" | "scsi8" | "scsi9" | "scsi10" | "scsi11" | "scsi12" | "scsi13" | "scsi14" | "scsi15" | "scsi16" | "scsi17" | "scsi18" | "scsi19" | "scsi20" | "scsi21" | "scsi22" | "scsi23" | "scsi24" | "scsi25" | "scsi26" | "scsi27" | "scsi28" | "scsi29" | "scsi30" | "virtio0" | "virtio1" | "virtio2" | "virtio3" | "virtio4" | "virtio5" | "virtio6" | "virtio7" | "virtio8" | "virtio9" | "virtio10" | "virtio11" | "virtio12" | "virtio13" | "virtio14" | "virtio15" | "sata0" | "sata1" | "sata2" | "sata3" | "sata4" | "sata5" | "efidisk0" | "tpmstate0"; "size": string; };
  "POST /nodes/{node}/qemu/{vmid}/clone": { "bwlimit"?: number | undefined; "description"?: string | undefined; "format"?: "raw" | "qcow2" | "vmdk" | undefined; "full"?: boolean | undefined; "name"?: string | undefined; "newid": number; "pool"?: string | undefined; "snapname"?: string | undefined; "storage"?: string | undefined; "target"?: string | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/clone": { "bwlimit"?: number | undefined; "description"?: string | undefined; "full"?: boolean | undefined; "hostname"?: string | undefined; "newid": number; "pool"?: string | undefined; "snapname"?: string | undefined; "storage"?: string | undefined; "target"?: string | undefined; };
  "GET /nodes/{node}/qemu/{vmid}/snapshot": Readonly<Record<never, never>>;
  "GET /nodes/{node}/lxc/{vmid}/snapshot": Readonly<Record<never, never>>;
  "POST /nodes/{node}/qemu/{vmid}/snapshot": { "description"?: string | undefined; "snapname": string; "vmstate"?: boolean | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/snapshot": { "description"?: string | undefined; "snapname": string; };
  "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}": { "force"?: boolean | undefined; };
  "DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}": { "force"?: boolean | undefined; };
}

/** What each call answers, as far as the schema says. */
export interface Wire {
  "GET /version": { "console"?: "applet" | "vv" | "html5" | "xtermjs"; "release": string; "repoid": string; "version": string; };
  "POST /access/ticket": { "CSRFPreventionToken"?: string; "clustername"?: string; "ticket"?: string; "username": string; };
  "GET /cluster/status": readonly { "id": string; "ip"?: string; "level"?: string; "local"?: Flag; "name": string; "nodeid"?: Numeric; "nodes"?: Numeric; "online"?: Flag; "quorate"?: Flag; "type": "cluster" | "node"; "version"?: Numeric; }[];
  "GET /cluster/resources": readonly { "cgroup-mode"?: Numeric; "content"?: string; "cpu"?: Numeric; "disk"?: Numeric; "diskread"?: Numeric; "diskwrite"?: Numeric; "hastate"?: string; "host-arch"?: "x86_64" | "aarch64"; "id": string; "level"?: string; "lock"?: string; "maxcpu"?: Numeric; "maxdisk"?: Numeric; "maxmem"?: Numeric; "mem"?: Numeric; "memhost"?: Numeric; "name"?: string; "netin"?: Numeric; "netout"?: Numeric; "network"?: string; "network-type"?: "fabric" | "zone"; "node"?: string; "plugintype"?: string; "pool"?: string; "protocol"?: string; "sdn"?: string; "shared"?: Flag; "status"?: string; "storage"?: string; "tags"?: string; "template"?: Flag; "type": "node" | "storage" | "pool" | "qemu" | "lxc" | "openvz" | "sdn" | "node" | "storage" | "pool" | "qemu" | "lxc" | "openvz" | "sdn" | "network"; "uptime"?: Numeric; "vmid"?: Numeric; "zone-type"?: string; }[];
  "GET /cluster/tasks": readonly { "upid": string; }[];
  "GET /cluster/nextid": Numeric;
  "GET /cluster/ha/groups": readonly { "group": string; }[];
  "GET /cluster/ha/rules": readonly { "rule": string; }[];
  "GET /nodes/{node}/tasks": readonly { "endtime"?: Numeric; "id": string; "node": string; "pid": Numeric; "pstart": Numeric; "starttime": Numeric; "status"?: string; "type": string; "upid": string; "user": string; }[];
  "GET /nodes/{node}/tasks/{upid}/status": { "exitstatus"?: string; "id": string; "node": string; "pid": Numeric; "pstart"?: Numeric; "starttime": Numeric; "status": "running" | "stopped"; "type": string; "upid": string; "user": string; };
  "POST /nodes/{node}/vzdump": string;
  "POST /nodes/{node}/storage/{storage}/upload": string;
  "POST /nodes/{node}/qemu/{vmid}/status/start": string;
  "POST /nodes/{node}/lxc/{vmid}/status/start": string;
  "POST /nodes/{node}/qemu/{vmid}/status/stop": string;
  "POST /nodes/{node}/lxc/{vmid}/status/stop": string;
  "GET /nodes/{node}/qemu/{vmid}/status/current": { "agent"?: Flag; "clipboard"?: "vnc"; "cpu"?: Numeric; "cpus"?: Numeric; "diskread"?: Numeric; "diskwrite"?: Numeric; "ha": Unknown; "lock"?: string; "maxdisk"?: Numeric; "maxmem"?: Numeric; "mem"?: Numeric; "memhost"?: Numeric; "name"?: string; "netin"?: Numeric; "netout"?: Numeric; "pid"?: Numeric; "pressurecpufull"?: Numeric; "pressurecpusome"?: Numeric; "pressureiofull"?: Numeric; "pressureiosome"?: Numeric; "pressurememoryfull"?: Numeric; "pressurememorysome"?: Numeric; "qmpstatus"?: string; "running-machine"?: string; "running-qemu"?: string; "serial"?: Flag; "spice"?: Flag; "status": "stopped" | "running"; "tags"?: string; "template"?: Flag; "uptime"?: Numeric; "vmid": Numeric; };
  "GET /nodes/{node}/lxc/{vmid}/status/current": { "cpu"?: Numeric; "cpus"?: Numeric; "disk"?: Numeric; "diskread"?: Numeric; "diskwrite"?: Numeric; "ha": Unknown; "lock"?: string; "maxdisk"?: Numeric; "maxmem"?: Numeric; "maxswap"?: Numeric; "mem"?: Numeric; "name"?: string; "netin"?: Numeric; "netout"?: Numeric; "pressurecpusome"?: Numeric; "pressureiofull"?: Numeric; "pressureiosome"?: Numeric; "pressurememoryfull"?: Numeric; "pressurememorysome"?: Numeric; "status": "stopped" | "running"; "tags"?: string; "template"?: Flag; "uptime"?: Numeric; "vmid": Numeric; };
  "GET /nodes/{node}/qemu/{vmid}/config": { "acpi"?: Flag; "affinity"?: string; "agent"?: string; "allow-ksm"?: Flag; "amd-sev"?: string; "arch"?: "x86_64" | "aarch64"; "args"?: string; "audio0"?: string; "autostart"?: Flag; "balloon"?: Numeric; "bios"?: "seabios" | "ovmf"; "boot"?: string; "bootdisk"?: string; "cdrom"?: string; "cicustom"?: string; "cipassword"?: string; "citype"?: "configdrive2" | "nocloud" | "opennebula"; "ciupgrade"?: Flag; "ciuser"?: string; "cores"?: Numeric; "cpu"?: string; "cpulimit"?: Numeric; "cpuunits"?: Numeric; "description"?: string; "digest": string; "efidisk0"?: string; "freeze"?: Flag; "hookscript"?: string; "hostpci[n]"?: string; "hotplug"?: string; "hugepages"?: "any" | "2" | "1024"; "ide[n]"?: string; "intel-tdx"?: string; "ipconfig[n]"?: string; "ivshmem"?: string; "keephugepages"?: Flag; "keyboard"?: "de" | "de-ch" | "da" | "en-gb" | "en-us" | "es" | "fi" | "fr" | "fr-be" | "fr-ca" | "fr-ch" | "hu" | "is" | "it" | "ja" | "lt" | "mk" | "nl" | "no" | "pl" | "pt" | "pt-br" | "sv" | "sl" | "tr"; "kvm"?: Flag; "localtime"?: Flag; "lock"?: "backup" | "clone" | "create" | "migrate" | "rollback" | "snapshot" | "snapshot-delete" | "suspending" | "suspended"; "machine"?: string; "memory"?: Numeric | string; "meta"?: string; "migrate_downtime"?: Numeric; "migrate_speed"?: Numeric; "name"?: string; "nameserver"?: string; "net[n]"?: string; "numa"?: Flag; "numa[n]"?: string; "onboot"?: Flag; "ostype"?: "other" | "wxp" | "w2k" | "w2k3" | "w2k8" | "wvista" | "win7" | "win8" | "win10" | "win11" | "l24" | "l26" | "solaris"; "parallel[n]"?: string; "parent"?: string; "protection"?: Flag; "reboot"?: Flag; "rng0"?: string; "running-nets-host-mtu"?: string; "runningcpu"?: string; "runningmachine"?: string; "sata[n]"?: string; "scsi[n]"?: string; "scsihw"?: "lsi" | "lsi53c810" | "virtio-scsi-pci" | "virtio-scsi-single" | "megasas" | "pvscsi"; "searchdomain"?: string; "serial[n]"?: string; "shares"?: Numeric; "smbios1"?: string; "smp"?: Numeric; "snaptime"?: Numeric; "sockets"?: Numeric; "spice_enhancements"?: string; "sshkeys"?: string; "startdate"?: string; "startup"?: string; "tablet"?: Flag; "tags"?: string; "tdf"?: Flag; "template"?: Flag; "tpmstate0"?: string; "unused[n]"?: string; "usb[n]"?: string; "vcpus"?: Numeric; "vga"?: string; "virtio[n]"?: string; "virtiofs[n]"?: string; "vmgenid"?: string; "vmstate"?: string; "vmstatestorage"?: string; "watchdog"?: string; };
  "GET /nodes/{node}/lxc/{vmid}/config": { "arch"?: "amd64" | "i386" | "arm64" | "armhf" | "riscv32" | "riscv64"; "cmode"?: "shell" | "console" | "tty"; "console"?: Flag; "cores"?: Numeric; "cpulimit"?: Numeric; "cpuunits"?: Numeric; "debug"?: Flag; "description"?: string; "dev[n]"?: string; "digest": string; "entrypoint"?: string; "env"?: string; "features"?: string; "hookscript"?: string; "hostname"?: string; "lock"?: "backup" | "create" | "destroyed" | "disk" | "fstrim" | "migrate" | "mounted" | "rollback" | "snapshot" | "snapshot-delete"; "lxc"?: ReadonlyArray<ReadonlyArray<string>>; "memory"?: Numeric; "mp[n]"?: string; "nameserver"?: string; "net[n]"?: string; "onboot"?: Flag; "ostype"?: "debian" | "devuan" | "ubuntu" | "centos" | "fedora" | "opensuse" | "archlinux" | "alpine" | "gentoo" | "nixos" | "unmanaged"; "protection"?: Flag; "rootfs"?: string; "searchdomain"?: string; "startup"?: string; "swap"?: Numeric; "tags"?: string; "template"?: Flag; "timezone"?: string; "tty"?: Numeric; "unprivileged"?: Flag; "unused[n]"?: string; };
  "PUT /nodes/{node}/qemu/{vmid}/resize": null | string;
  "POST /nodes/{node}/qemu/{vmid}/clone": string;
  "POST /nodes/{node}/lxc/{vmid}/clone": string;
  "GET /nodes/{node}/qemu/{vmid}/snapshot": readonly { "description": string; "name": string; "parent"?: string; "snaptime"?: Numeric; "vmstate"?: Flag; }[];
  "GET /nodes/{node}/lxc/{vmid}/snapshot": readonly { "description": string; "name": string; "parent"?: string; "snaptime"?: Numeric; }[];
  "POST /nodes/{node}/qemu/{vmid}/snapshot": string;
  "POST /nodes/{node}/lxc/{vmid}/snapshot": string;
  "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}": string;
  "DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}": string;
}

/** The calls and parameters that not every version has. */
export const GATES = {
  "GET /cluster/ha/rules": {
    "since": "9.0"
  },
  "POST /nodes/{node}/lxc/{vmid}/status/stop": {
    "params": {
      "overrule-shutdown": {
        "since": "8.2"
      }
    }
  },
  "POST /nodes/{node}/qemu/{vmid}/status/start": {
    "params": {
      "nets-host-mtu": {
        "since": "9.1"
      },
      "with-conntrack-state": {
        "since": "9.0"
      }
    }
  },
  "POST /nodes/{node}/qemu/{vmid}/status/stop": {
    "params": {
      "overrule-shutdown": {
        "since": "8.2"
      }
    }
  },
  "POST /nodes/{node}/vzdump": {
    "params": {
      "fleecing": {
        "since": "8.2"
      },
      "job-id": {
        "since": "8.3"
      },
      "maxfiles": {
        "until": "9.1"
      },
      "notification-mode": {
        "since": "8.2"
      },
      "notification-policy": {
        "since": "8.1",
        "until": "8.4"
      },
      "notification-target": {
        "since": "8.1",
        "until": "8.4"
      },
      "pbs-change-detection-mode": {
        "since": "8.3"
      }
    }
  }
} as const;
