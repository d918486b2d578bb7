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
  "GET /access/permissions": { "path"?: string | undefined; "userid"?: string | undefined; };
  "GET /cluster/status": Readonly<Record<never, never>>;
  "GET /cluster/resources": { "type"?: "vm" | "storage" | "node" | "sdn" | undefined; };
  "GET /cluster/tasks": Readonly<Record<never, never>>;
  "GET /cluster/nextid": { "vmid"?: number | undefined; };
  "GET /cluster/options": Readonly<Record<never, never>>;
  "GET /cluster/ha/groups": Readonly<Record<never, never>>;
  "GET /cluster/ha/rules": { "resource"?: string | undefined; "type"?: "node-affinity" | "resource-affinity" | undefined; };
  "GET /cluster/ha/status/current": Readonly<Record<never, never>>;
  "GET /nodes/{node}/version": Readonly<Record<never, never>>;
  "GET /nodes/{node}/tasks": { "errors"?: boolean | undefined; "limit"?: number | undefined; "since"?: number | undefined; "source"?: "archive" | "active" | "all" | undefined; "start"?: number | undefined; "statusfilter"?: string | readonly string[] | undefined; "typefilter"?: string | undefined; "until"?: number | undefined; "userfilter"?: string | undefined; "vmid"?: number | undefined; };
  "GET /nodes/{node}/tasks/{upid}/status": Readonly<Record<never, never>>;
  "DELETE /nodes/{node}/tasks/{upid}": Readonly<Record<never, never>>;
  "POST /nodes/{node}/vzdump": { "all"?: boolean | undefined; "bwlimit"?: number | undefined; "compress"?: "0" | "1" | "gzip" | "lzo" | "zstd" | undefined; "exclude"?: string | readonly string[] | undefined; "exclude-path"?: string | readonly string[] | undefined; "fleecing"?: string | undefined; "ionice"?: number | undefined; "lockwait"?: number | undefined; "mailnotification"?: "always" | "failure" | undefined; "mailto"?: string | readonly string[] | undefined; "maxfiles"?: number | undefined; "mode"?: "snapshot" | "suspend" | "stop" | undefined; "notes-template"?: string | undefined; "notification-mode"?: "auto" | "legacy-sendmail" | "notification-system" | undefined; "notification-policy"?: "always" | "failure" | "never" | undefined; "notification-target"?: string | undefined; "pbs-change-detection-mode"?: "legacy" | "data" | "metadata" | undefined; "performance"?: string | undefined; "pigz"?: number | undefined; "pool"?: string | undefined; "protected"?: boolean | undefined; "prune-backups"?: string | undefined; "quiet"?: boolean | undefined; "remove"?: boolean | undefined; "stdexcludes"?: boolean | undefined; "stdout"?: boolean | undefined; "stop"?: boolean | undefined; "stopwait"?: number | undefined; "storage"?: string | undefined; "vmid"?: string | readonly string[] | undefined; "zstd"?: number | undefined; };
  "GET /nodes/{node}/vzdump/extractconfig": { "volume": string; };
  "POST /nodes/{node}/storage/{storage}/upload": { "checksum"?: string | undefined; "checksum-algorithm"?: "md5" | "sha1" | "sha224" | "sha256" | "sha384" | "sha512" | undefined; "content": "iso" | "vztmpl" | "import"; "filename": string; "tmpfilename"?: string | undefined; };
  "POST /nodes/{node}/qemu": { "acpi"?: boolean | undefined; "affinity"?: string | undefined; "agent"?: string | undefined; "allow-ksm"?: boolean | undefined; "amd-sev"?: string | undefined; "arch"?: "x86_64" | "aarch64" | undefined; "archive"?: string | undefined; "audio0"?: string | undefined; "autostart"?: boolean | undefined; "balloon"?: number | undefined; "bios"?: "seabios" | "ovmf" | undefined; "boot"?: string | undefined; "bootdisk"?: string | undefined; "bwlimit"?: number | undefined; "cdrom"?: string | undefined; "cicustom"?: string | undefined; "cipassword"?: string | undefined; "citype"?: "configdrive2" | "nocloud" | "opennebula" | undefined; "ciupgrade"?: boolean | undefined; "ciuser"?: string | undefined; "cores"?: number | undefined; "cpu"?: string | undefined; "cpulimit"?: number | undefined; "cpuunits"?: number | undefined; "description"?: string | undefined; "efidisk0"?: string | undefined; "force"?: boolean | undefined; "freeze"?: boolean | undefined; "ha-managed"?: boolean | undefined; [hostpci: `hostpci${number}`]: string | undefined; "hotplug"?: string | undefined; "hugepages"?: "any" | "2" | "1024" | undefined; [ide: `ide${number}`]: string | undefined; "import-working-storage"?: string | undefined; "intel-tdx"?: string | undefined; [ipconfig: `ipconfig${number}`]: string | undefined; "ivshmem"?: string | undefined; "keephugepages"?: boolean | undefined; "keyboard"?: "de" | "de-ch" | "da" | "en-gb" | "en-us" | "es" | "fi" | "fr" | "fr-be" | "fr-ca" | "fr-ch" | "hu" | "is" | "it" | "ja" | "lt" | "mk" | "nl" | "no" | "pl" | "pt" | "pt-br" | "sv" | "sl" | "tr" | undefined; "kvm"?: boolean | undefined; "live-restore"?: boolean | undefined; "localtime"?: boolean | undefined; "machine"?: string | undefined; "memory"?: number | string | undefined; "migrate_downtime"?: number | undefined; "migrate_speed"?: number | undefined; "name"?: string | undefined; "nameserver"?: string | readonly string[] | undefined; [net: `net${number}`]: string | undefined; "numa"?: boolean | undefined; [numa: `numa${number}`]: string | undefined; "onboot"?: boolean | undefined; "ostype"?: "other" | "wxp" | "w2k" | "w2k3" | "w2k8" | "wvista" | "win7" | "win8" | "win10" | "win11" | "l24" | "l26" | "solaris" | undefined; [parallel: `parallel${number}`]: string | undefined; "pool"?: string | undefined; "protection"?: boolean | undefined; "reboot"?: boolean | undefined; "rng0"?: string | undefined; [sata: `sata${number}`]: string | undefined; [scsi: `scsi${number}`]: string | undefined; "scsihw"?: "lsi" | "lsi53c810" | "virtio-scsi-pci" | "virtio-scsi-single" | "megasas" | "pvscsi" | undefined; "searchdomain"?: string | undefined; [serial: `serial${number}`]: string | undefined; "shares"?: number | undefined; "smbios1"?: string | undefined; "smp"?: number | undefined; "sockets"?: number | undefined; "spice_enhancements"?: string | undefined; "sshkeys"?: string | undefined; "start"?: boolean | undefined; "startdate"?: string | undefined; "startup"?: string | undefined; "storage"?: string | undefined; "tablet"?: boolean | undefined; "tags"?: string | readonly string[] | undefined; "tdf"?: boolean | undefined; "template"?: boolean | undefined; "tpmstate0"?: string | undefined; "unique"?: boolean | undefined; [unused: `unused${number}`]: string | undefined; [usb: `usb${number}`]: string | undefined; "vcpus"?: number | undefined; "vga"?: string | undefined; [virtio: `virtio${number}`]: string | undefined; [virtiofs: `virtiofs${number}`]: string | undefined; "vmgenid"?: string | undefined; "vmid": number; "vmstatestorage"?: string | undefined; "watchdog"?: string | undefined; };
  "POST /nodes/{node}/lxc": { "arch"?: "amd64" | "i386" | "arm64" | "armhf" | "riscv32" | "riscv64" | undefined; "bwlimit"?: number | undefined; "cmode"?: "shell" | "console" | "tty" | undefined; "console"?: boolean | undefined; "cores"?: number | undefined; "cpulimit"?: number | undefined; "cpuunits"?: number | undefined; "debug"?: boolean | undefined; "description"?: string | undefined; [dev: `dev${number}`]: string | undefined; "entrypoint"?: string | undefined; "env"?: string | undefined; "features"?: string | undefined; "force"?: boolean | undefined; "ha-managed"?: boolean | undefined; "hostname"?: string | undefined; "ignore-unpack-errors"?: boolean | undefined; "memory"?: number | undefined; [mp: `mp${number}`]: string | undefined; "nameserver"?: string | readonly string[] | undefined; [net: `net${number}`]: string | undefined; "onboot"?: boolean | undefined; "ostemplate": string; "ostype"?: "debian" | "devuan" | "ubuntu" | "centos" | "fedora" | "opensuse" | "archlinux" | "alpine" | "gentoo" | "nixos" | "unmanaged" | undefined; "password"?: string | undefined; "pool"?: string | undefined; "protection"?: boolean | undefined; "restore"?: boolean | undefined; "rootfs"?: string | undefined; "searchdomain"?: string | readonly string[] | undefined; "ssh-public-keys"?: string | undefined; "start"?: boolean | undefined; "startup"?: string | undefined; "storage"?: string | undefined; "swap"?: number | undefined; "tags"?: string | readonly string[] | undefined; "template"?: boolean | undefined; "timezone"?: string | undefined; "tty"?: number | undefined; "unique"?: boolean | undefined; "unprivileged"?: boolean | undefined; [unused: `unused${number}`]: string | undefined; "vmid": number; };
  "POST /nodes/{node}/qemu/{vmid}/status/start": { "force-cpu"?: string | undefined; "machine"?: string | undefined; "migratedfrom"?: string | undefined; "migration_network"?: string | undefined; "migration_type"?: "secure" | "insecure" | undefined; "nets-host-mtu"?: string | undefined; "stateuri"?: string | undefined; "targetstorage"?: string | readonly string[] | undefined; "timeout"?: number | undefined; "with-conntrack-state"?: boolean | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/status/start": { "debug"?: boolean | undefined; };
  "POST /nodes/{node}/qemu/{vmid}/status/stop": { "keepActive"?: boolean | undefined; "migratedfrom"?: string | undefined; "overrule-shutdown"?: boolean | undefined; "timeout"?: number | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/status/stop": { "overrule-shutdown"?: boolean | undefined; };
  "POST /nodes/{node}/qemu/{vmid}/status/shutdown": { "forceStop"?: boolean | undefined; "keepActive"?: boolean | undefined; "timeout"?: number | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/status/shutdown": { "forceStop"?: boolean | undefined; "timeout"?: number | undefined; };
  "POST /nodes/{node}/qemu/{vmid}/status/reboot": { "timeout"?: number | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/status/reboot": { "timeout"?: number | undefined; };
  "POST /nodes/{node}/qemu/{vmid}/status/reset": Readonly<Record<never, never>>;
  "POST /nodes/{node}/qemu/{vmid}/status/suspend": { "statestorage"?: string | undefined; "todisk"?: boolean | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/status/suspend": Readonly<Record<never, never>>;
  "POST /nodes/{node}/qemu/{vmid}/status/resume": { "nocheck"?: boolean | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/status/resume": Readonly<Record<never, never>>;
  "GET /nodes/{node}/qemu/{vmid}/status/current": Readonly<Record<never, never>>;
  "GET /nodes/{node}/lxc/{vmid}/status/current": Readonly<Record<never, never>>;
  "GET /nodes/{node}/qemu/{vmid}/config": { "current"?: boolean | undefined; "snapshot"?: string | undefined; };
  "GET /nodes/{node}/lxc/{vmid}/config": { "current"?: boolean | undefined; "snapshot"?: string | undefined; };
  "GET /nodes/{node}/qemu/{vmid}/pending": Readonly<Record<never, never>>;
  "GET /nodes/{node}/lxc/{vmid}/pending": Readonly<Record<never, never>>;
  "PUT /nodes/{node}/qemu/{vmid}/config": { "acpi"?: boolean | undefined; "affinity"?: string | undefined; "agent"?: string | undefined; "allow-ksm"?: boolean | undefined; "amd-sev"?: string | undefined; "arch"?: "x86_64" | "aarch64" | undefined; "audio0"?: string | undefined; "autostart"?: boolean | undefined; "balloon"?: number | undefined; "bios"?: "seabios" | "ovmf" | undefined; "boot"?: string | undefined; "bootdisk"?: string | undefined; "cdrom"?: string | undefined; "cicustom"?: string | undefined; "cipassword"?: string | undefined; "citype"?: "configdrive2" | "nocloud" | "opennebula" | undefined; "ciupgrade"?: boolean | undefined; "ciuser"?: string | undefined; "cores"?: number | undefined; "cpu"?: string | undefined; "cpulimit"?: number | undefined; "cpuunits"?: number | undefined; "delete"?: string | readonly string[] | undefined; "description"?: string | undefined; "digest"?: string | undefined; "efidisk0"?: string | undefined; "force"?: boolean | undefined; "freeze"?: boolean | undefined; [hostpci: `hostpci${number}`]: string | undefined; "hotplug"?: string | undefined; "hugepages"?: "any" | "2" | "1024" | undefined; [ide: `ide${number}`]: string | undefined; "intel-tdx"?: string | undefined; [ipconfig: `ipconfig${number}`]: string | undefined; "ivshmem"?: string | undefined; "keephugepages"?: boolean | undefined; "keyboard"?: "de" | "de-ch" | "da" | "en-gb" | "en-us" | "es" | "fi" | "fr" | "fr-be" | "fr-ca" | "fr-ch" | "hu" | "is" | "it" | "ja" | "lt" | "mk" | "nl" | "no" | "pl" | "pt" | "pt-br" | "sv" | "sl" | "tr" | undefined; "kvm"?: boolean | undefined; "localtime"?: boolean | undefined; "machine"?: string | undefined; "memory"?: number | string | undefined; "migrate_downtime"?: number | undefined; "migrate_speed"?: number | undefined; "name"?: string | undefined; "nameserver"?: string | readonly string[] | undefined; [net: `net${number}`]: string | undefined; "numa"?: boolean | undefined; [numa: `numa${number}`]: string | undefined; "onboot"?: boolean | undefined; "ostype"?: "other" | "wxp" | "w2k" | "w2k3" | "w2k8" | "wvista" | "win7" | "win8" | "win10" | "win11" | "l24" | "l26" | "solaris" | undefined; [parallel: `parallel${number}`]: string | undefined; "protection"?: boolean | undefined; "reboot"?: boolean | undefined; "revert"?: string | readonly string[] | undefined; "rng0"?: string | undefined; [sata: `sata${number}`]: string | undefined; [scsi: `scsi${number}`]: string | undefined; "scsihw"?: "lsi" | "lsi53c810" | "virtio-scsi-pci" | "virtio-scsi-single" | "megasas" | "pvscsi" | undefined; "searchdomain"?: string | undefined; [serial: `serial${number}`]: string | undefined; "shares"?: number | undefined; "smbios1"?: string | undefined; "smp"?: number | undefined; "sockets"?: number | undefined; "spice_enhancements"?: string | undefined; "sshkeys"?: string | undefined; "startdate"?: string | undefined; "startup"?: string | undefined; "tablet"?: boolean | undefined; "tags"?: string | readonly string[] | undefined; "tdf"?: boolean | undefined; "template"?: boolean | undefined; "tpmstate0"?: string | undefined; [unused: `unused${number}`]: string | undefined; [usb: `usb${number}`]: string | undefined; "vcpus"?: number | undefined; "vga"?: string | undefined; [virtio: `virtio${number}`]: string | undefined; [virtiofs: `virtiofs${number}`]: string | undefined; "vmgenid"?: string | undefined; "vmstatestorage"?: string | undefined; "watchdog"?: string | undefined; };
  "PUT /nodes/{node}/lxc/{vmid}/config": { "arch"?: "amd64" | "i386" | "arm64" | "armhf" | "riscv32" | "riscv64" | undefined; "cmode"?: "shell" | "console" | "tty" | undefined; "console"?: boolean | undefined; "cores"?: number | undefined; "cpulimit"?: number | undefined; "cpuunits"?: number | undefined; "debug"?: boolean | undefined; "delete"?: string | readonly string[] | undefined; "description"?: string | undefined; [dev: `dev${number}`]: string | undefined; "digest"?: string | undefined; "entrypoint"?: string | undefined; "env"?: string | undefined; "features"?: string | undefined; "hostname"?: string | undefined; "memory"?: number | undefined; [mp: `mp${number}`]: string | undefined; "nameserver"?: string | readonly string[] | undefined; [net: `net${number}`]: string | undefined; "onboot"?: boolean | undefined; "ostype"?: "debian" | "devuan" | "ubuntu" | "centos" | "fedora" | "opensuse" | "archlinux" | "alpine" | "gentoo" | "nixos" | "unmanaged" | undefined; "protection"?: boolean | undefined; "revert"?: string | readonly string[] | undefined; "rootfs"?: string | undefined; "searchdomain"?: string | readonly string[] | undefined; "startup"?: string | undefined; "swap"?: number | undefined; "tags"?: string | readonly string[] | undefined; "template"?: boolean | undefined; "timezone"?: string | undefined; "tty"?: number | undefined; "unprivileged"?: boolean | undefined; [unused: `unused${number}`]: string | undefined; };
  "PUT /nodes/{node}/qemu/{vmid}/cloudinit": Readonly<Record<never, never>>;
  "GET /nodes/{node}/qemu/{vmid}/rrddata": { "cf"?: "AVERAGE" | "MAX" | undefined; "timeframe": "hour" | "day" | "week" | "month" | "year"; };
  "GET /nodes/{node}/lxc/{vmid}/rrddata": { "cf"?: "AVERAGE" | "MAX" | undefined; "timeframe": "hour" | "day" | "week" | "month" | "year"; };
  "GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces": Readonly<Record<never, never>>;
  "GET /nodes/{node}/lxc/{vmid}/interfaces": Readonly<Record<never, never>>;
  "DELETE /nodes/{node}/qemu/{vmid}": { "destroy-unreferenced-disks"?: boolean | undefined; "purge"?: boolean | undefined; };
  "DELETE /nodes/{node}/lxc/{vmid}": { "destroy-unreferenced-disks"?: boolean | undefined; "force"?: boolean | undefined; "purge"?: boolean | undefined; };
  "POST /nodes/{node}/qemu/{vmid}/template": { "disk"?: "ide0" | "ide1" | "ide2" | "ide3" | "scsi0" | "scsi1" | "scsi2" | "scsi3" | "scsi4" | "scsi5" | "scsi6" | "scsi7" | "scsi8" | "scsi9" | "scsi10" | "scsi11" | "scsi12" | "scsi13" | "scsi14" | "scsi15" | "scsi16" | "scsi17" | "scsi18" | "scsi19" | "scsi20" | "scsi21" | "scsi22" | "scsi23" | "scsi24" | "scsi25" | "scsi26" | "scsi27" | "scsi28" | "scsi29" | "scsi30" | "virtio0" | "virtio1" | "virtio2" | "virtio3" | "virtio4" | "virtio5" | "virtio6" | "virtio7" | "virtio8" | "virtio9" | "virtio10" | "virtio11" | "virtio12" | "virtio13" | "virtio14" | "virtio15" | "sata0" | "sata1" | "sata2" | "sata3" | "sata4" | "sata5" | "efidisk0" | "tpmstate0" | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/template": Readonly<Record<never, never>>;
  "PUT /nodes/{node}/qemu/{vmid}/resize": { "digest"?: string | undefined; "disk": "ide0" | "ide1" | "ide2" | "ide3" | "scsi0" | "scsi1" | "scsi2" | "scsi3" | "scsi4" | "scsi5" | "scsi6" | "scsi7" | "scsi8" | "scsi9" | "scsi10" | "scsi11" | "scsi12" | "scsi13" | "scsi14" | "scsi15" | "scsi16" | "scsi17" | "scsi18" | "scsi19" | "scsi20" | "scsi21" | "scsi22" | "scsi23" | "scsi24" | "scsi25" | "scsi26" | "scsi27" | "scsi28" | "scsi29" | "scsi30" | "virtio0" | "virtio1" | "virtio2" | "virtio3" | "virtio4" | "virtio5" | "virtio6" | "virtio7" | "virtio8" | "virtio9" | "virtio10" | "virtio11" | "virtio12" | "virtio13" | "virtio14" | "virtio15" | "sata0" | "sata1" | "sata2" | "sata3" | "sata4" | "sata5" | "efidisk0" | "tpmstate0"; "size": string; };
  "PUT /nodes/{node}/lxc/{vmid}/resize": { "digest"?: string | undefined; "disk": "rootfs" | "mp0" | "mp1" | "mp2" | "mp3" | "mp4" | "mp5" | "mp6" | "mp7" | "mp8" | "mp9" | "mp10" | "mp11" | "mp12" | "mp13" | "mp14" | "mp15" | "mp16" | "mp17" | "mp18" | "mp19" | "mp20" | "mp21" | "mp22" | "mp23" | "mp24" | "mp25" | "mp26" | "mp27" | "mp28" | "mp29" | "mp30" | "mp31" | "mp32" | "mp33" | "mp34" | "mp35" | "mp36" | "mp37" | "mp38" | "mp39" | "mp40" | "mp41" | "mp42" | "mp43" | "mp44" | "mp45" | "mp46" | "mp47" | "mp48" | "mp49" | "mp50" | "mp51" | "mp52" | "mp53" | "mp54" | "mp55" | "mp56" | "mp57" | "mp58" | "mp59" | "mp60" | "mp61" | "mp62" | "mp63" | "mp64" | "mp65" | "mp66" | "mp67" | "mp68" | "mp69" | "mp70" | "mp71" | "mp72" | "mp73" | "mp74" | "mp75" | "mp76" | "mp77" | "mp78" | "mp79" | "mp80" | "mp81" | "mp82" | "mp83" | "mp84" | "mp85" | "mp86" | "mp87" | "mp88" | "mp89" | "mp90" | "mp91" | "mp92" | "mp93" | "mp94" | "mp95" | "mp96" | "mp97" | "mp98" | "mp99" | "mp100" | "mp101" | "mp102" | "mp103" | "mp104" | "mp105" | "mp106" | "mp107" | "mp108" | "mp109" | "mp110" | "mp111" | "mp112" | "mp113" | "mp114" | "mp115" | "mp116" | "mp117" | "mp118" | "mp119" | "mp120" | "mp121" | "mp122" | "mp123" | "mp124" | "mp125" | "mp126" | "mp127" | "mp128" | "mp129" | "mp130" | "mp131" | "mp132" | "mp133" | "mp134" | "mp135" | "mp136" | "mp137" | "mp138" | "mp139" | "mp140" | "mp141" | "mp142" | "mp143" | "mp144" | "mp145" | "mp146" | "mp147" | "mp148" | "mp149" | "mp150" | "mp151" | "mp152" | "mp153" | "mp154" | "mp155" | "mp156" | "mp157" | "mp158" | "mp159" | "mp160" | "mp161" | "mp162" | "mp163" | "mp164" | "mp165" | "mp166" | "mp167" | "mp168" | "mp169" | "mp170" | "mp171" | "mp172" | "mp173" | "mp174" | "mp175" | "mp176" | "mp177" | "mp178" | "mp179" | "mp180" | "mp181" | "mp182" | "mp183" | "mp184" | "mp185" | "mp186" | "mp187" | "mp188" | "mp189" | "mp190" | "mp191" | "mp192" | "mp193" | "mp194" | "mp195" | "mp196" | "mp197" | "mp198" | "mp199" | "mp200" | "mp201" | "mp202" | "mp203" | "mp204" | "mp205" | "mp206" | "mp207" | "mp208" | "mp209" | "mp210" | "mp211" | "mp212" | "mp213" | "mp214" | "mp215" | "mp216" | "mp217" | "mp218" | "mp219" | "mp220" | "mp221" | "mp222" | "mp223" | "mp224" | "mp225" | "mp226" | "mp227" | "mp228" | "mp229" | "mp230" | "mp231" | "mp232" | "mp233" | "mp234" | "mp235" | "mp236" | "mp237" | "mp238" | "mp239" | "mp240" | "mp241" | "mp242" | "mp243" | "mp244" | "mp245" | "mp246" | "mp247" | "mp248" | "mp249" | "mp250" | "mp251" | "mp252" | "mp253" | "mp254" | "mp255"; "size": string; };
  "POST /nodes/{node}/qemu/{vmid}/move_disk": { "bwlimit"?: number | undefined; "delete"?: boolean | undefined; "digest"?: string | undefined; "disk": "ide0" | "ide1" | "ide2" | "ide3" | "scsi0" | "scsi1" | "scsi2" | "scsi3" | "scsi4" | "scsi5" | "scsi6" | "scsi7" | "scsi8" | "scsi9" | "scsi10" | "scsi11" | "scsi12" | "scsi13" | "scsi14" | "scsi15" | "scsi16" | "scsi17" | "scsi18" | "scsi19" | "scsi20" | "scsi21" | "scsi22" | "scsi23" | "scsi24" | "scsi25" | "scsi26" | "scsi27" | "scsi28" | "scsi29" | "scsi30" | "virtio0" | "virtio1" | "virtio2" | "virtio3" | "virtio4" | "virtio5" | "virtio6" | "virtio7" | "virtio8" | "virtio9" | "virtio10" | "virtio11" | "virtio12" | "virtio13" | "virtio14" | "virtio15" | "sata0" | "sata1" | "sata2" | "sata3" | "sata4" | "sata5" | "efidisk0" | "tpmstate0" | "unused0" | "unused1" | "unused2" | "unused3" | "unused4" | "unused5" | "unused6" | "unused7" | "unused8" | "unused9" | "unused10" | "unused11" | "unused12" | "unused13" | "unused14" | "unused15" | "unused16" | "unused17" | "unused18" | "unused19" | "unused20" | "unused21" | "unused22" | "unused23" | "unused24" | "unused25" | "unused26" | "unused27" | "unused28" | "unused29" | "unused30" | "unused31" | "unused32" | "unused33" | "unused34" | "unused35" | "unused36" | "unused37" | "unused38" | "unused39" | "unused40" | "unused41" | "unused42" | "unused43" | "unused44" | "unused45" | "unused46" | "unused47" | "unused48" | "unused49" | "unused50" | "unused51" | "unused52" | "unused53" | "unused54" | "unused55" | "unused56" | "unused57" | "unused58" | "unused59" | "unused60" | "unused61" | "unused62" | "unused63" | "unused64" | "unused65" | "unused66" | "unused67" | "unused68" | "unused69" | "unused70" | "unused71" | "unused72" | "unused73" | "unused74" | "unused75" | "unused76" | "unused77" | "unused78" | "unused79" | "unused80" | "unused81" | "unused82" | "unused83" | "unused84" | "unused85" | "unused86" | "unused87" | "unused88" | "unused89" | "unused90" | "unused91" | "unused92" | "unused93" | "unused94" | "unused95" | "unused96" | "unused97" | "unused98" | "unused99" | "unused100" | "unused101" | "unused102" | "unused103" | "unused104" | "unused105" | "unused106" | "unused107" | "unused108" | "unused109" | "unused110" | "unused111" | "unused112" | "unused113" | "unused114" | "unused115" | "unused116" | "unused117" | "unused118" | "unused119" | "unused120" | "unused121" | "unused122" | "unused123" | "unused124" | "unused125" | "unused126" | "unused127" | "unused128" | "unused129" | "unused130" | "unused131" | "unused132" | "unused133" | "unused134" | "unused135" | "unused136" | "unused137" | "unused138" | "unused139" | "unused140" | "unused141" | "unused142" | "unused143" | "unused144" | "unused145" | "unused146" | "unused147" | "unused148" | "unused149" | "unused150" | "unused151" | "unused152" | "unused153" | "unused154" | "unused155" | "unused156" | "unused157" | "unused158" | "unused159" | "unused160" | "unused161" | "unused162" | "unused163" | "unused164" | "unused165" | "unused166" | "unused167" | "unused168" | "unused169" | "unused170" | "unused171" | "unused172" | "unused173" | "unused174" | "unused175" | "unused176" | "unused177" | "unused178" | "unused179" | "unused180" | "unused181" | "unused182" | "unused183" | "unused184" | "unused185" | "unused186" | "unused187" | "unused188" | "unused189" | "unused190" | "unused191" | "unused192" | "unused193" | "unused194" | "unused195" | "unused196" | "unused197" | "unused198" | "unused199" | "unused200" | "unused201" | "unused202" | "unused203" | "unused204" | "unused205" | "unused206" | "unused207" | "unused208" | "unused209" | "unused210" | "unused211" | "unused212" | "unused213" | "unused214" | "unused215" | "unused216" | "unused217" | "unused218" | "unused219" | "unused220" | "unused221" | "unused222" | "unused223" | "unused224" | "unused225" | "unused226" | "unused227" | "unused228" | "unused229" | "unused230" | "unused231" | "unused232" | "unused233" | "unused234" | "unused235" | "unused236" | "unused237" | "unused238" | "unused239" | "unused240" | "unused241" | "unused242" | "unused243" | "unused244" | "unused245" | "unused246" | "unused247" | "unused248" | "unused249" | "unused250" | "unused251" | "unused252" | "unused253" | "unused254" | "unused255"; "format"?: "raw" | "qcow2" | "vmdk" | undefined; "storage"?: string | undefined; "target-digest"?: string | undefined; "target-disk"?: "ide0" | "ide1" | "ide2" | "ide3" | "scsi0" | "scsi1" | "scsi2" | "scsi3" | "scsi4" | "scsi5" | "scsi6" | "scsi7" | "scsi8" | "scsi9" | "scsi10" | "scsi11" | "scsi12" | "scsi13" | "scsi14" | "scsi15" | "scsi16" | "scsi17" | "scsi18" | "scsi19" | "scsi20" | "scsi21" | "scsi22" | "scsi23" | "scsi24" | "scsi25" | "scsi26" | "scsi27" | "scsi28" | "scsi29" | "scsi30" | "virtio0" | "virtio1" | "virtio2" | "virtio3" | "virtio4" | "virtio5" | "virtio6" | "virtio7" | "virtio8" | "virtio9" | "virtio10" | "virtio11" | "virtio12" | "virtio13" | "virtio14" | "virtio15" | "sata0" | "sata1" | "sata2" | "sata3" | "sata4" | "sata5" | "efidisk0" | "tpmstate0" | "unused0" | "unused1" | "unused2" | "unused3" | "unused4" | "unused5" | "unused6" | "unused7" | "unused8" | "unused9" | "unused10" | "unused11" | "unused12" | "unused13" | "unused14" | "unused15" | "unused16" | "unused17" | "unused18" | "unused19" | "unused20" | "unused21" | "unused22" | "unused23" | "unused24" | "unused25" | "unused26" | "unused27" | "unused28" | "unused29" | "unused30" | "unused31" | "unused32" | "unused33" | "unused34" | "unused35" | "unused36" | "unused37" | "unused38" | "unused39" | "unused40" | "unused41" | "unused42" | "unused43" | "unused44" | "unused45" | "unused46" | "unused47" | "unused48" | "unused49" | "unused50" | "unused51" | "unused52" | "unused53" | "unused54" | "unused55" | "unused56" | "unused57" | "unused58" | "unused59" | "unused60" | "unused61" | "unused62" | "unused63" | "unused64" | "unused65" | "unused66" | "unused67" | "unused68" | "unused69" | "unused70" | "unused71" | "unused72" | "unused73" | "unused74" | "unused75" | "unused76" | "unused77" | "unused78" | "unused79" | "unused80" | "unused81" | "unused82" | "unused83" | "unused84" | "unused85" | "unused86" | "unused87" | "unused88" | "unused89" | "unused90" | "unused91" | "unused92" | "unused93" | "unused94" | "unused95" | "unused96" | "unused97" | "unused98" | "unused99" | "unused100" | "unused101" | "unused102" | "unused103" | "unused104" | "unused105" | "unused106" | "unused107" | "unused108" | "unused109" | "unused110" | "unused111" | "unused112" | "unused113" | "unused114" | "unused115" | "unused116" | "unused117" | "unused118" | "unused119" | "unused120" | "unused121" | "unused122" | "unused123" | "unused124" | "unused125" | "unused126" | "unused127" | "unused128" | "unused129" | "unused130" | "unused131" | "unused132" | "unused133" | "unused134" | "unused135" | "unused136" | "unused137" | "unused138" | "unused139" | "unused140" | "unused141" | "unused142" | "unused143" | "unused144" | "unused145" | "unused146" | "unused147" | "unused148" | "unused149" | "unused150" | "unused151" | "unused152" | "unused153" | "unused154" | "unused155" | "unused156" | "unused157" | "unused158" | "unused159" | "unused160" | "unused161" | "unused162" | "unused163" | "unused164" | "unused165" | "unused166" | "unused167" | "unused168" | "unused169" | "unused170" | "unused171" | "unused172" | "unused173" | "unused174" | "unused175" | "unused176" | "unused177" | "unused178" | "unused179" | "unused180" | "unused181" | "unused182" | "unused183" | "unused184" | "unused185" | "unused186" | "unused187" | "unused188" | "unused189" | "unused190" | "unused191" | "unused192" | "unused193" | "unused194" | "unused195" | "unused196" | "unused197" | "unused198" | "unused199" | "unused200" | "unused201" | "unused202" | "unused203" | "unused204" | "unused205" | "unused206" | "unused207" | "unused208" | "unused209" | "unused210" | "unused211" | "unused212" | "unused213" | "unused214" | "unused215" | "unused216" | "unused217" | "unused218" | "unused219" | "unused220" | "unused221" | "unused222" | "unused223" | "unused224" | "unused225" | "unused226" | "unused227" | "unused228" | "unused229" | "unused230" | "unused231" | "unused232" | "unused233" | "unused234" | "unused235" | "unused236" | "unused237" | "unused238" | "unused239" | "unused240" | "unused241" | "unused242" | "unused243" | "unused244" | "unused245" | "unused246" | "unused247" | "unused248" | "unused249" | "unused250" | "unused251" | "unused252" | "unused253" | "unused254" | "unused255" | undefined; "target-vmid"?: number | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/move_volume": { "bwlimit"?: number | undefined; "delete"?: boolean | undefined; "digest"?: string | undefined; "storage"?: string | undefined; "target-digest"?: string | undefined; "target-vmid"?: number | undefined; "target-volume"?: "rootfs" | "mp0" | "mp1" | "mp2" | "mp3" | "mp4" | "mp5" | "mp6" | "mp7" | "mp8" | "mp9" | "mp10" | "mp11" | "mp12" | "mp13" | "mp14" | "mp15" | "mp16" | "mp17" | "mp18" | "mp19" | "mp20" | "mp21" | "mp22" | "mp23" | "mp24" | "mp25" | "mp26" | "mp27" | "mp28" | "mp29" | "mp30" | "mp31" | "mp32" | "mp33" | "mp34" | "mp35" | "mp36" | "mp37" | "mp38" | "mp39" | "mp40" | "mp41" | "mp42" | "mp43" | "mp44" | "mp45" | "mp46" | "mp47" | "mp48" | "mp49" | "mp50" | "mp51" | "mp52" | "mp53" | "mp54" | "mp55" | "mp56" | "mp57" | "mp58" | "mp59" | "mp60" | "mp61" | "mp62" | "mp63" | "mp64" | "mp65" | "mp66" | "mp67" | "mp68" | "mp69" | "mp70" | "mp71" | "mp72" | "mp73" | "mp74" | "mp75" | "mp76" | "mp77" | "mp78" | "mp79" | "mp80" | "mp81" | "mp82" | "mp83" | "mp84" | "mp85" | "mp86" | "mp87" | "mp88" | "mp89" | "mp90" | "mp91" | "mp92" | "mp93" | "mp94" | "mp95" | "mp96" | "mp97" | "mp98" | "mp99" | "mp100" | "mp101" | "mp102" | "mp103" | "mp104" | "mp105" | "mp106" | "mp107" | "mp108" | "mp109" | "mp110" | "mp111" | "mp112" | "mp113" | "mp114" | "mp115" | "mp116" | "mp117" | "mp118" | "mp119" | "mp120" | "mp121" | "mp122" | "mp123" | "mp124" | "mp125" | "mp126" | "mp127" | "mp128" | "mp129" | "mp130" | "mp131" | "mp132" | "mp133" | "mp134" | "mp135" | "mp136" | "mp137" | "mp138" | "mp139" | "mp140" | "mp141" | "mp142" | "mp143" | "mp144" | "mp145" | "mp146" | "mp147" | "mp148" | "mp149" | "mp150" | "mp151" | "mp152" | "mp153" | "mp154" | "mp155" | "mp156" | "mp157" | "mp158" | "mp159" | "mp160" | "mp161" | "mp162" | "mp163" | "mp164" | "mp165" | "mp166" | "mp167" | "mp168" | "mp169" | "mp170" | "mp171" | "mp172" | "mp173" | "mp174" | "mp175" | "mp176" | "mp177" | "mp178" | "mp179" | "mp180" | "mp181" | "mp182" | "mp183" | "mp184" | "mp185" | "mp186" | "mp187" | "mp188" | "mp189" | "mp190" | "mp191" | "mp192" | "mp193" | "mp194" | "mp195" | "mp196" | "mp197" | "mp198" | "mp199" | "mp200" | "mp201" | "mp202" | "mp203" | "mp204" | "mp205" | "mp206" | "mp207" | "mp208" | "mp209" | "mp210" | "mp211" | "mp212" | "mp213" | "mp214" | "mp215" | "mp216" | "mp217" | "mp218" | "mp219" | "mp220" | "mp221" | "mp222" | "mp223" | "mp224" | "mp225" | "mp226" | "mp227" | "mp228" | "mp229" | "mp230" | "mp231" | "mp232" | "mp233" | "mp234" | "mp235" | "mp236" | "mp237" | "mp238" | "mp239" | "mp240" | "mp241" | "mp242" | "mp243" | "mp244" | "mp245" | "mp246" | "mp247" | "mp248" | "mp249" | "mp250" | "mp251" | "mp252" | "mp253" | "mp254" | "mp255" | "unused0" | "unused1" | "unused2" | "unused3" | "unused4" | "unused5" | "unused6" | "unused7" | "unused8" | "unused9" | "unused10" | "unused11" | "unused12" | "unused13" | "unused14" | "unused15" | "unused16" | "unused17" | "unused18" | "unused19" | "unused20" | "unused21" | "unused22" | "unused23" | "unused24" | "unused25" | "unused26" | "unused27" | "unused28" | "unused29" | "unused30" | "unused31" | "unused32" | "unused33" | "unused34" | "unused35" | "unused36" | "unused37" | "unused38" | "unused39" | "unused40" | "unused41" | "unused42" | "unused43" | "unused44" | "unused45" | "unused46" | "unused47" | "unused48" | "unused49" | "unused50" | "unused51" | "unused52" | "unused53" | "unused54" | "unused55" | "unused56" | "unused57" | "unused58" | "unused59" | "unused60" | "unused61" | "unused62" | "unused63" | "unused64" | "unused65" | "unused66" | "unused67" | "unused68" | "unused69" | "unused70" | "unused71" | "unused72" | "unused73" | "unused74" | "unused75" | "unused76" | "unused77" | "unused78" | "unused79" | "unused80" | "unused81" | "unused82" | "unused83" | "unused84" | "unused85" | "unused86" | "unused87" | "unused88" | "unused89" | "unused90" | "unused91" | "unused92" | "unused93" | "unused94" | "unused95" | "unused96" | "unused97" | "unused98" | "unused99" | "unused100" | "unused101" | "unused102" | "unused103" | "unused104" | "unused105" | "unused106" | "unused107" | "unused108" | "unused109" | "unused110" | "unused111" | "unused112" | "unused113" | "unused114" | "unused115" | "unused116" | "unused117" | "unused118" | "unused119" | "unused120" | "unused121" | "unused122" | "unused123" | "unused124" | "unused125" | "unused126" | "unused127" | "unused128" | "unused129" | "unused130" | "unused131" | "unused132" | "unused133" | "unused134" | "unused135" | "unused136" | "unused137" | "unused138" | "unused139" | "unused140" | "unused141" | "unused142" | "unused143" | "unused144" | "unused145" | "unused146" | "unused147" | "unused148" | "unused149" | "unused150" | "unused151" | "unused152" | "unused153" | "unused154" | "unused155" | "unused156" | "unused157" | "unused158" | "unused159" | "unused160" | "unused161" | "unused162" | "unused163" | "unused164" | "unused165" | "unused166" | "unused167" | "unused168" | "unused169" | "unused170" | "unused171" | "unused172" | "unused173" | "unused174" | "unused175" | "unused176" | "unused177" | "unused178" | "unused179" | "unused180" | "unused181" | "unused182" | "unused183" | "unused184" | "unused185" | "unused186" | "unused187" | "unused188" | "unused189" | "unused190" | "unused191" | "unused192" | "unused193" | "unused194" | "unused195" | "unused196" | "unused197" | "unused198" | "unused199" | "unused200" | "unused201" | "unused202" | "unused203" | "unused204" | "unused205" | "unused206" | "unused207" | "unused208" | "unused209" | "unused210" | "unused211" | "unused212" | "unused213" | "unused214" | "unused215" | "unused216" | "unused217" | "unused218" | "unused219" | "unused220" | "unused221" | "unused222" | "unused223" | "unused224" | "unused225" | "unused226" | "unused227" | "unused228" | "unused229" | "unused230" | "unused231" | "unused232" | "unused233" | "unused234" | "unused235" | "unused236" | "unused237" | "unused238" | "unused239" | "unused240" | "unused241" | "unused242" | "unused243" | "unused244" | "unused245" | "unused246" | "unused247" | "unused248" | "unused249" | "unused250" | "unused251" | "unused252" | "unused253" | "unused254" | "unused255" | undefined; "volume": "rootfs" | "mp0" | "mp1" | "mp2" | "mp3" | "mp4" | "mp5" | "mp6" | "mp7" | "mp8" | "mp9" | "mp10" | "mp11" | "mp12" | "mp13" | "mp14" | "mp15" | "mp16" | "mp17" | "mp18" | "mp19" | "mp20" | "mp21" | "mp22" | "mp23" | "mp24" | "mp25" | "mp26" | "mp27" | "mp28" | "mp29" | "mp30" | "mp31" | "mp32" | "mp33" | "mp34" | "mp35" | "mp36" | "mp37" | "mp38" | "mp39" | "mp40" | "mp41" | "mp42" | "mp43" | "mp44" | "mp45" | "mp46" | "mp47" | "mp48" | "mp49" | "mp50" | "mp51" | "mp52" | "mp53" | "mp54" | "mp55" | "mp56" | "mp57" | "mp58" | "mp59" | "mp60" | "mp61" | "mp62" | "mp63" | "mp64" | "mp65" | "mp66" | "mp67" | "mp68" | "mp69" | "mp70" | "mp71" | "mp72" | "mp73" | "mp74" | "mp75" | "mp76" | "mp77" | "mp78" | "mp79" | "mp80" | "mp81" | "mp82" | "mp83" | "mp84" | "mp85" | "mp86" | "mp87" | "mp88" | "mp89" | "mp90" | "mp91" | "mp92" | "mp93" | "mp94" | "mp95" | "mp96" | "mp97" | "mp98" | "mp99" | "mp100" | "mp101" | "mp102" | "mp103" | "mp104" | "mp105" | "mp106" | "mp107" | "mp108" | "mp109" | "mp110" | "mp111" | "mp112" | "mp113" | "mp114" | "mp115" | "mp116" | "mp117" | "mp118" | "mp119" | "mp120" | "mp121" | "mp122" | "mp123" | "mp124" | "mp125" | "mp126" | "mp127" | "mp128" | "mp129" | "mp130" | "mp131" | "mp132" | "mp133" | "mp134" | "mp135" | "mp136" | "mp137" | "mp138" | "mp139" | "mp140" | "mp141" | "mp142" | "mp143" | "mp144" | "mp145" | "mp146" | "mp147" | "mp148" | "mp149" | "mp150" | "mp151" | "mp152" | "mp153" | "mp154" | "mp155" | "mp156" | "mp157" | "mp158" | "mp159" | "mp160" | "mp161" | "mp162" | "mp163" | "mp164" | "mp165" | "mp166" | "mp167" | "mp168" | "mp169" | "mp170" | "mp171" | "mp172" | "mp173" | "mp174" | "mp175" | "mp176" | "mp177" | "mp178" | "mp179" | "mp180" | "mp181" | "mp182" | "mp183" | "mp184" | "mp185" | "mp186" | "mp187" | "mp188" | "mp189" | "mp190" | "mp191" | "mp192" | "mp193" | "mp194" | "mp195" | "mp196" | "mp197" | "mp198" | "mp199" | "mp200" | "mp201" | "mp202" | "mp203" | "mp204" | "mp205" | "mp206" | "mp207" | "mp208" | "mp209" | "mp210" | "mp211" | "mp212" | "mp213" | "mp214" | "mp215" | "mp216" | "mp217" | "mp218" | "mp219" | "mp220" | "mp221" | "mp222" | "mp223" | "mp224" | "mp225" | "mp226" | "mp227" | "mp228" | "mp229" | "mp230" | "mp231" | "mp232" | "mp233" | "mp234" | "mp235" | "mp236" | "mp237" | "mp238" | "mp239" | "mp240" | "mp241" | "mp242" | "mp243" | "mp244" | "mp245" | "mp246" | "mp247" | "mp248" | "mp249" | "mp250" | "mp251" | "mp252" | "mp253" | "mp254" | "mp255" | "unused0" | "unused1" | "unused2" | "unused3" | "unused4" | "unused5" | "unused6" | "unused7" | "unused8" | "unused9" | "unused10" | "unused11" | "unused12" | "unused13" | "unused14" | "unused15" | "unused16" | "unused17" | "unused18" | "unused19" | "unused20" | "unused21" | "unused22" | "unused23" | "unused24" | "unused25" | "unused26" | "unused27" | "unused28" | "unused29" | "unused30" | "unused31" | "unused32" | "unused33" | "unused34" | "unused35" | "unused36" | "unused37" | "unused38" | "unused39" | "unused40" | "unused41" | "unused42" | "unused43" | "unused44" | "unused45" | "unused46" | "unused47" | "unused48" | "unused49" | "unused50" | "unused51" | "unused52" | "unused53" | "unused54" | "unused55" | "unused56" | "unused57" | "unused58" | "unused59" | "unused60" | "unused61" | "unused62" | "unused63" | "unused64" | "unused65" | "unused66" | "unused67" | "unused68" | "unused69" | "unused70" | "unused71" | "unused72" | "unused73" | "unused74" | "unused75" | "unused76" | "unused77" | "unused78" | "unused79" | "unused80" | "unused81" | "unused82" | "unused83" | "unused84" | "unused85" | "unused86" | "unused87" | "unused88" | "unused89" | "unused90" | "unused91" | "unused92" | "unused93" | "unused94" | "unused95" | "unused96" | "unused97" | "unused98" | "unused99" | "unused100" | "unused101" | "unused102" | "unused103" | "unused104" | "unused105" | "unused106" | "unused107" | "unused108" | "unused109" | "unused110" | "unused111" | "unused112" | "unused113" | "unused114" | "unused115" | "unused116" | "unused117" | "unused118" | "unused119" | "unused120" | "unused121" | "unused122" | "unused123" | "unused124" | "unused125" | "unused126" | "unused127" | "unused128" | "unused129" | "unused130" | "unused131" | "unused132" | "unused133" | "unused134" | "unused135" | "unused136" | "unused137" | "unused138" | "unused139" | "unused140" | "unused141" | "unused142" | "unused143" | "unused144" | "unused145" | "unused146" | "unused147" | "unused148" | "unused149" | "unused150" | "unused151" | "unused152" | "unused153" | "unused154" | "unused155" | "unused156" | "unused157" | "unused158" | "unused159" | "unused160" | "unused161" | "unused162" | "unused163" | "unused164" | "unused165" | "unused166" | "unused167" | "unused168" | "unused169" | "unused170" | "unused171" | "unused172" | "unused173" | "unused174" | "unused175" | "unused176" | "unused177" | "unused178" | "unused179" | "unused180" | "unused181" | "unused182" | "unused183" | "unused184" | "unused185" | "unused186" | "unused187" | "unused188" | "unused189" | "unused190" | "unused191" | "unused192" | "unused193" | "unused194" | "unused195" | "unused196" | "unused197" | "unused198" | "unused199" | "unused200" | "unused201" | "unused202" | "unused203" | "unused204" | "unused205" | "unused206" | "unused207" | "unused208" | "unused209" | "unused210" | "unused211" | "unused212" | "unused213" | "unused214" | "unused215" | "unused216" | "unused217" | "unused218" | "unused219" | "unused220" | "unused221" | "unused222" | "unused223" | "unused224" | "unused225" | "unused226" | "unused227" | "unused228" | "unused229" | "unused230" | "unused231" | "unused232" | "unused233" | "unused234" | "unused235" | "unused236" | "unused237" | "unused238" | "unused239" | "unused240" | "unused241" | "unused242" | "unused243" | "unused244" | "unused245" | "unused246" | "unused247" | "unused248" | "unused249" | "unused250" | "unused251" | "unused252" | "unused253" | "unused254" | "unused255"; };
  "GET /nodes/{node}/qemu/{vmid}/migrate": { "target"?: string | undefined; };
  "GET /nodes/{node}/lxc/{vmid}/migrate": { "target"?: string | undefined; };
  "POST /nodes/{node}/qemu/{vmid}/migrate": { "bwlimit"?: number | undefined; "force"?: boolean | undefined; "migration_network"?: string | undefined; "migration_type"?: "secure" | "insecure" | undefined; "online"?: boolean | undefined; "target": string; "targetstorage"?: string | readonly string[] | undefined; "with-conntrack-state"?: boolean | undefined; "with-local-disks"?: boolean | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/migrate": { "bwlimit"?: number | undefined; "online"?: boolean | undefined; "restart"?: boolean | undefined; "target": string; "target-storage"?: string | readonly string[] | undefined; "timeout"?: number | undefined; };
  "POST /nodes/{node}/qemu/{vmid}/clone": { "bwlimit"?: number | undefined; "description"?: string | undefined; "format"?: "raw" | "qcow2" | "vmdk" | undefined; "full"?: boolean | undefined; "name"?: string | undefined; "newid": number; "pool"?: string | undefined; "snapname"?: string | undefined; "storage"?: string | undefined; "target"?: string | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/clone": { "bwlimit"?: number | undefined; "description"?: string | undefined; "full"?: boolean | undefined; "hostname"?: string | undefined; "newid": number; "pool"?: string | undefined; "snapname"?: string | undefined; "storage"?: string | undefined; "target"?: string | undefined; };
  "POST /nodes/{node}/qemu/{vmid}/vncproxy": { "generate-password"?: boolean | undefined; "websocket"?: boolean | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/vncproxy": { "height"?: number | undefined; "websocket"?: boolean | undefined; "width"?: number | undefined; };
  "POST /nodes/{node}/qemu/{vmid}/termproxy": { "serial"?: "serial0" | "serial1" | "serial2" | "serial3" | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/termproxy": Readonly<Record<never, never>>;
  "POST /nodes/{node}/qemu/{vmid}/spiceproxy": { "proxy"?: string | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/spiceproxy": { "proxy"?: string | undefined; };
  "GET /nodes/{node}/qemu/{vmid}/snapshot": Readonly<Record<never, never>>;
  "GET /nodes/{node}/lxc/{vmid}/snapshot": Readonly<Record<never, never>>;
  "POST /nodes/{node}/qemu/{vmid}/snapshot": { "description"?: string | undefined; "snapname": string; "vmstate"?: boolean | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/snapshot": { "description"?: string | undefined; "snapname": string; };
  "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}": { "force"?: boolean | undefined; };
  "DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}": { "force"?: boolean | undefined; };
  "GET /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config": Readonly<Record<never, never>>;
  "GET /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config": Readonly<Record<never, never>>;
  "PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config": { "description"?: string | undefined; };
  "PUT /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config": { "description"?: string | undefined; };
  "POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback": { "start"?: boolean | undefined; };
  "POST /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback": { "start"?: boolean | undefined; };
  "GET /nodes/{node}/qemu/{vmid}/feature": { "feature": "snapshot" | "clone" | "copy"; "snapname"?: string | undefined; };
  "GET /nodes/{node}/lxc/{vmid}/feature": { "feature": "snapshot" | "clone" | "copy"; "snapname"?: string | undefined; };
  "GET /nodes/{node}/network": { "type"?: "bridge" | "bond" | "eth" | "alias" | "vlan" | "OVSBridge" | "OVSBond" | "OVSPort" | "OVSIntPort" | "any_bridge" | "vnet" | "any_local_bridge" | "fabric" | "include_sdn" | undefined; };
  "GET /cluster/mapping/pci": { "check-node"?: string | undefined; };
  "GET /cluster/mapping/usb": { "check-node"?: string | undefined; };
  "GET /cluster/mapping/dir": { "check-node"?: string | undefined; };
  "GET /pools": { "poolid"?: string | undefined; "type"?: "qemu" | "lxc" | "storage" | undefined; };
  "GET /pools/{poolid}": { "type"?: "qemu" | "lxc" | "storage" | undefined; };
  "GET /nodes/{node}/storage/{storage}/content": { "content"?: string | undefined; "vmid"?: number | undefined; };
  "GET /nodes/{node}/storage/{storage}/content/{volume}": Readonly<Record<never, never>>;
  "PUT /nodes/{node}/storage/{storage}/content/{volume}": { "notes"?: string | undefined; "protected"?: boolean | undefined; };
  "DELETE /nodes/{node}/storage/{storage}/content/{volume}": { "delay"?: number | undefined; };
  "GET /nodes/{node}/tasks/{upid}/log": { "download"?: boolean | undefined; "limit"?: number | undefined; "start"?: number | undefined; };
}

/** What each call answers, as far as the schema says. */
export interface Wire {
  "GET /version": { "console"?: "applet" | "vv" | "html5" | "xtermjs"; "release": string; "repoid": string; "version": string; };
  "POST /access/ticket": { "CSRFPreventionToken"?: string; "clustername"?: string; "ticket"?: string; "username": string; };
  "GET /access/permissions": Unknown;
  "GET /cluster/status": readonly { "id": string; "ip"?: string; "level"?: string; "local"?: Flag; "name": string; "nodeid"?: Numeric; "nodes"?: Numeric; "online"?: Flag; "quorate"?: Flag; "type": "cluster" | "node"; "version"?: Numeric; }[];
  "GET /cluster/resources": readonly { "cgroup-mode"?: Numeric; "content"?: string; "cpu"?: Numeric; "disk"?: Numeric; "diskread"?: Numeric; "diskwrite"?: Numeric; "hastate"?: string; "host-arch"?: "x86_64" | "aarch64"; "id": string; "level"?: string; "lock"?: string; "maxcpu"?: Numeric; "maxdisk"?: Numeric; "maxmem"?: Numeric; "mem"?: Numeric; "memhost"?: Numeric; "name"?: string; "netin"?: Numeric; "netout"?: Numeric; "network"?: string; "network-type"?: "fabric" | "zone"; "node"?: string; "plugintype"?: string; "pool"?: string; "protocol"?: string; "sdn"?: string; "shared"?: Flag; "status"?: string; "storage"?: string; "tags"?: string; "template"?: Flag; "type": "node" | "storage" | "pool" | "qemu" | "lxc" | "openvz" | "sdn" | "node" | "storage" | "pool" | "qemu" | "lxc" | "openvz" | "sdn" | "network"; "uptime"?: Numeric; "vmid"?: Numeric; "zone-type"?: string; }[];
  "GET /cluster/tasks": readonly { "upid": string; }[];
  "GET /cluster/nextid": Numeric;
  "GET /cluster/options": Unknown;
  "GET /cluster/ha/groups": readonly { "group": string; }[];
  "GET /cluster/ha/rules": readonly { "rule": string; }[];
  "GET /cluster/ha/status/current": ReadonlyArray<Unknown> | ReadonlyArray<{ "crm_state"?: string; "id": string; "max_relocate"?: Numeric; "max_restart"?: Numeric; "node": string; "quorate"?: Flag; "request_state"?: string; "sid"?: string; "state"?: string; "status": string; "timestamp"?: Numeric; "type": "quorum" | "master" | "lrm" | "service"; }> | ReadonlyArray<{ "armed-state"?: "armed" | "standby" | "disarming" | "disarmed"; "auto-rebalance"?: Flag; "crm_state"?: string; "failback"?: Flag; "id": string; "max_relocate"?: Numeric; "max_restart"?: Numeric; "node": string; "quorate"?: Flag; "request_state"?: string; "resource_mode"?: "freeze" | "ignore"; "sid"?: string; "state"?: string; "status": string; "timestamp"?: Numeric; "type": "quorum" | "master" | "lrm" | "service" | "fencing"; }>;
  "GET /nodes/{node}/version": { "release": string; "repoid": string; "version": string; };
  "GET /nodes/{node}/tasks": readonly { "endtime"?: Numeric; "id": string; "node": string; "pid": Numeric; "pstart": Numeric; "starttime": Numeric; "status"?: string; "type": string; "upid": string; "user": string; }[];
  "GET /nodes/{node}/tasks/{upid}/status": { "exitstatus"?: string; "id": string; "node": string; "pid": Numeric; "pstart"?: Numeric; "starttime": Numeric; "status": "running" | "stopped"; "type": string; "upid": string; "user": string; };
  "DELETE /nodes/{node}/tasks/{upid}": null;
  "POST /nodes/{node}/vzdump": string;
  "GET /nodes/{node}/vzdump/extractconfig": string;
  "POST /nodes/{node}/storage/{storage}/upload": string;
  "POST /nodes/{node}/qemu": string;
  "POST /nodes/{node}/lxc": string;
  "POST /nodes/{node}/qemu/{vmid}/status/start": string;
  "POST /nodes/{node}/lxc/{vmid}/status/start": string;
  "POST /nodes/{node}/qemu/{vmid}/status/stop": string;
  "POST /nodes/{node}/lxc/{vmid}/status/stop": string;
  "POST /nodes/{node}/qemu/{vmid}/status/shutdown": string;
  "POST /nodes/{node}/lxc/{vmid}/status/shutdown": string;
  "POST /nodes/{node}/qemu/{vmid}/status/reboot": string;
  "POST /nodes/{node}/lxc/{vmid}/status/reboot": string;
  "POST /nodes/{node}/qemu/{vmid}/status/reset": string;
  "POST /nodes/{node}/qemu/{vmid}/status/suspend": string;
  "POST /nodes/{node}/lxc/{vmid}/status/suspend": string;
  "POST /nodes/{node}/qemu/{vmid}/status/resume": string;
  "POST /nodes/{node}/lxc/{vmid}/status/resume": string;
  "GET /nodes/{node}/qemu/{vmid}/status/current": { "agent"?: Flag; "clipboard"?: "vnc"; "cpu"?: Numeric; "cpus"?: Numeric; "diskread"?: Numeric; "diskwrite"?: Numeric; "ha": Unknown; "lock"?: string; "maxdisk"?: Numeric; "maxmem"?: Numeric; "mem"?: Numeric; "memhost"?: Numeric; "name"?: string; "netin"?: Numeric; "netout"?: Numeric; "pid"?: Numeric; "pressurecpufull"?: Numeric; "pressurecpusome"?: Numeric; "pressureiofull"?: Numeric; "pressureiosome"?: Numeric; "pressurememoryfull"?: Numeric; "pressurememorysome"?: Numeric; "qmpstatus"?: string; "running-machine"?: string; "running-qemu"?: string; "serial"?: Flag; "spice"?: Flag; "status": "stopped" | "running"; "tags"?: string; "template"?: Flag; "uptime"?: Numeric; "vmid": Numeric; };
  "GET /nodes/{node}/lxc/{vmid}/status/current": { "cpu"?: Numeric; "cpus"?: Numeric; "disk"?: Numeric; "diskread"?: Numeric; "diskwrite"?: Numeric; "ha": Unknown; "lock"?: string; "maxdisk"?: Numeric; "maxmem"?: Numeric; "maxswap"?: Numeric; "mem"?: Numeric; "name"?: string; "netin"?: Numeric; "netout"?: Numeric; "pressurecpusome"?: Numeric; "pressureiofull"?: Numeric; "pressureiosome"?: Numeric; "pressurememoryfull"?: Numeric; "pressurememorysome"?: Numeric; "status": "stopped" | "running"; "tags"?: string; "template"?: Flag; "uptime"?: Numeric; "vmid": Numeric; };
  "GET /nodes/{node}/qemu/{vmid}/config": { "acpi"?: Flag; "affinity"?: string; "agent"?: string; "allow-ksm"?: Flag; "amd-sev"?: string; "arch"?: "x86_64" | "aarch64"; "args"?: string; "audio0"?: string; "autostart"?: Flag; "balloon"?: Numeric; "bios"?: "seabios" | "ovmf"; "boot"?: string; "bootdisk"?: string; "cdrom"?: string; "cicustom"?: string; "cipassword"?: string; "citype"?: "configdrive2" | "nocloud" | "opennebula"; "ciupgrade"?: Flag; "ciuser"?: string; "cores"?: Numeric; "cpu"?: string; "cpulimit"?: Numeric; "cpuunits"?: Numeric; "description"?: string; "digest": string; "efidisk0"?: string; "freeze"?: Flag; "hookscript"?: string; "hostpci[n]"?: string; "hotplug"?: string; "hugepages"?: "any" | "2" | "1024"; "ide[n]"?: string; "intel-tdx"?: string; "ipconfig[n]"?: string; "ivshmem"?: string; "keephugepages"?: Flag; "keyboard"?: "de" | "de-ch" | "da" | "en-gb" | "en-us" | "es" | "fi" | "fr" | "fr-be" | "fr-ca" | "fr-ch" | "hu" | "is" | "it" | "ja" | "lt" | "mk" | "nl" | "no" | "pl" | "pt" | "pt-br" | "sv" | "sl" | "tr"; "kvm"?: Flag; "localtime"?: Flag; "lock"?: "backup" | "clone" | "create" | "migrate" | "rollback" | "snapshot" | "snapshot-delete" | "suspending" | "suspended"; "machine"?: string; "memory"?: Numeric | string; "meta"?: string; "migrate_downtime"?: Numeric; "migrate_speed"?: Numeric; "name"?: string; "nameserver"?: string; "net[n]"?: string; "numa"?: Flag; "numa[n]"?: string; "onboot"?: Flag; "ostype"?: "other" | "wxp" | "w2k" | "w2k3" | "w2k8" | "wvista" | "win7" | "win8" | "win10" | "win11" | "l24" | "l26" | "solaris"; "parallel[n]"?: string; "parent"?: string; "protection"?: Flag; "reboot"?: Flag; "rng0"?: string; "running-nets-host-mtu"?: string; "runningcpu"?: string; "runningmachine"?: string; "sata[n]"?: string; "scsi[n]"?: string; "scsihw"?: "lsi" | "lsi53c810" | "virtio-scsi-pci" | "virtio-scsi-single" | "megasas" | "pvscsi"; "searchdomain"?: string; "serial[n]"?: string; "shares"?: Numeric; "smbios1"?: string; "smp"?: Numeric; "snaptime"?: Numeric; "sockets"?: Numeric; "spice_enhancements"?: string; "sshkeys"?: string; "startdate"?: string; "startup"?: string; "tablet"?: Flag; "tags"?: string; "tdf"?: Flag; "template"?: Flag; "tpmstate0"?: string; "unused[n]"?: string; "usb[n]"?: string; "vcpus"?: Numeric; "vga"?: string; "virtio[n]"?: string; "virtiofs[n]"?: string; "vmgenid"?: string; "vmstate"?: string; "vmstatestorage"?: string; "watchdog"?: string; };
  "GET /nodes/{node}/lxc/{vmid}/config": { "arch"?: "amd64" | "i386" | "arm64" | "armhf" | "riscv32" | "riscv64"; "cmode"?: "shell" | "console" | "tty"; "console"?: Flag; "cores"?: Numeric; "cpulimit"?: Numeric; "cpuunits"?: Numeric; "debug"?: Flag; "description"?: string; "dev[n]"?: string; "digest": string; "entrypoint"?: string; "env"?: string; "features"?: string; "hookscript"?: string; "hostname"?: string; "lock"?: "backup" | "create" | "destroyed" | "disk" | "fstrim" | "migrate" | "mounted" | "rollback" | "snapshot" | "snapshot-delete"; "lxc"?: ReadonlyArray<ReadonlyArray<string>>; "memory"?: Numeric; "mp[n]"?: string; "nameserver"?: string; "net[n]"?: string; "onboot"?: Flag; "ostype"?: "debian" | "devuan" | "ubuntu" | "centos" | "fedora" | "opensuse" | "archlinux" | "alpine" | "gentoo" | "nixos" | "unmanaged"; "protection"?: Flag; "rootfs"?: string; "searchdomain"?: string; "startup"?: string; "swap"?: Numeric; "tags"?: string; "template"?: Flag; "timezone"?: string; "tty"?: Numeric; "unprivileged"?: Flag; "unused[n]"?: string; };
  "GET /nodes/{node}/qemu/{vmid}/pending": readonly { "delete"?: Numeric; "key": string; "pending"?: string; "value"?: string; }[];
  "GET /nodes/{node}/lxc/{vmid}/pending": readonly { "delete"?: Numeric; "key": string; "pending"?: string; "value"?: string; }[];
  "PUT /nodes/{node}/qemu/{vmid}/config": null;
  "PUT /nodes/{node}/lxc/{vmid}/config": null;
  "PUT /nodes/{node}/qemu/{vmid}/cloudinit": null;
  "GET /nodes/{node}/qemu/{vmid}/rrddata": readonly Unknown[];
  "GET /nodes/{node}/lxc/{vmid}/rrddata": readonly Unknown[];
  "GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces": Unknown;
  "GET /nodes/{node}/lxc/{vmid}/interfaces": readonly { "hardware-address": string; "hwaddr": string; "inet"?: string; "inet6"?: string; "ip-addresses": ReadonlyArray<{ "ip-address"?: string; "ip-address-type"?: string; "prefix"?: Numeric; }>; "name": string; }[];
  "DELETE /nodes/{node}/qemu/{vmid}": string;
  "DELETE /nodes/{node}/lxc/{vmid}": string;
  "POST /nodes/{node}/qemu/{vmid}/template": string;
  "POST /nodes/{node}/lxc/{vmid}/template": null;
  "PUT /nodes/{node}/qemu/{vmid}/resize": null | string;
  "PUT /nodes/{node}/lxc/{vmid}/resize": string;
  "POST /nodes/{node}/qemu/{vmid}/move_disk": string;
  "POST /nodes/{node}/lxc/{vmid}/move_volume": string;
  "GET /nodes/{node}/qemu/{vmid}/migrate": { "allowed_nodes"?: ReadonlyArray<Unknown> | ReadonlyArray<string>; "dependent-ha-resources"?: ReadonlyArray<string>; "has-dbus-vmstate"?: Flag; "local_disks": ReadonlyArray<Unknown> | ReadonlyArray<{ "cdrom": Flag; "is_unused": Flag; "size": Numeric; "volid": string; }>; "local_resources": ReadonlyArray<Unknown> | ReadonlyArray<string>; "mapped-resource-info"?: Unknown; "mapped-resources"?: ReadonlyArray<string>; "not_allowed_nodes"?: Unknown | { "unavailable_storages"?: ReadonlyArray<string>; } | { "blocking-ha-resources"?: ReadonlyArray<{ "cause": "node-affinity" | "resource-affinity"; "sid": string; }>; "unavailable_storages"?: ReadonlyArray<string>; }; "running": Flag; };
  "GET /nodes/{node}/lxc/{vmid}/migrate": { "allowed-nodes"?: ReadonlyArray<string>; "dependent-ha-resources"?: ReadonlyArray<string>; "not-allowed-nodes"?: { "blocking-ha-resources"?: ReadonlyArray<{ "cause": "node-affinity" | "resource-affinity"; "sid": string; }>; }; "running": Flag; };
  "POST /nodes/{node}/qemu/{vmid}/migrate": string;
  "POST /nodes/{node}/lxc/{vmid}/migrate": string;
  "POST /nodes/{node}/qemu/{vmid}/clone": string;
  "POST /nodes/{node}/lxc/{vmid}/clone": string;
  "POST /nodes/{node}/qemu/{vmid}/vncproxy": { "cert": string; "password"?: string; "port": Numeric; "ticket": string; "upid": string; "user": string; };
  "POST /nodes/{node}/lxc/{vmid}/vncproxy": { "cert": string; "password"?: string; "port": Numeric; "ticket": string; "upid": string; "user": string; };
  "POST /nodes/{node}/qemu/{vmid}/termproxy": { "port": Numeric; "ticket": string; "upid": string; "user": string; };
  "POST /nodes/{node}/lxc/{vmid}/termproxy": { "port": Numeric; "ticket": string; "upid": string; "user": string; };
  "POST /nodes/{node}/qemu/{vmid}/spiceproxy": { "host": string; "password": string; "proxy": string; "tls-port": Numeric; "type": string; };
  "POST /nodes/{node}/lxc/{vmid}/spiceproxy": { "host": string; "password": string; "proxy": string; "tls-port": Numeric; "type": string; };
  "GET /nodes/{node}/qemu/{vmid}/snapshot": readonly { "description": string; "name": string; "parent"?: string; "snaptime"?: Numeric; "vmstate"?: Flag; }[];
  "GET /nodes/{node}/lxc/{vmid}/snapshot": readonly { "description": string; "name": string; "parent"?: string; "snaptime"?: Numeric; }[];
  "POST /nodes/{node}/qemu/{vmid}/snapshot": string;
  "POST /nodes/{node}/lxc/{vmid}/snapshot": string;
  "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}": string;
  "DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}": string;
  "GET /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config": Unknown;
  "GET /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config": Unknown;
  "PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config": null;
  "PUT /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config": null;
  "POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback": string;
  "POST /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback": string;
  "GET /nodes/{node}/qemu/{vmid}/feature": { "hasFeature": Flag; "nodes": ReadonlyArray<string>; };
  "GET /nodes/{node}/lxc/{vmid}/feature": { "hasFeature": Flag; };
  "GET /nodes/{node}/network": readonly { "active"?: Flag; "address"?: string; "address6"?: string; "autostart"?: Flag; "bond-primary"?: string; "bond_mode"?: "balance-rr" | "active-backup" | "balance-xor" | "broadcast" | "802.3ad" | "balance-tlb" | "balance-alb" | "balance-slb" | "lacp-balance-slb" | "lacp-balance-tcp"; "bond_xmit_hash_policy"?: "layer2" | "layer2+3" | "layer3+4"; "bridge-access"?: Numeric; "bridge-arp-nd-suppress"?: Flag; "bridge-learning"?: Flag; "bridge-multicast-flood"?: Flag; "bridge-unicast-flood"?: Flag; "bridge_ports"?: string; "bridge_vids"?: string; "bridge_vlan_aware"?: Flag; "cidr"?: string; "cidr6"?: string; "comments"?: string; "comments6"?: string; "exists"?: Flag; "families"?: ReadonlyArray<"inet" | "inet6">; "gateway"?: string; "gateway6"?: string; "iface"?: string; "link-type"?: string; "method"?: "loopback" | "dhcp" | "manual" | "static" | "auto"; "method6"?: "loopback" | "dhcp" | "manual" | "static" | "auto"; "mtu"?: Numeric; "netmask"?: string; "netmask6"?: Numeric; "options"?: ReadonlyArray<string>; "options6"?: ReadonlyArray<string>; "ovs_bonds"?: string; "ovs_bridge"?: string; "ovs_options"?: string; "ovs_ports"?: string; "ovs_tag"?: Numeric; "priority"?: Numeric; "slaves"?: string; "type"?: "bridge" | "bond" | "eth" | "alias" | "vlan" | "OVSBridge" | "OVSBond" | "OVSPort" | "OVSIntPort" | "vnet" | "unknown" | "bridge" | "bond" | "eth" | "alias" | "vlan" | "fabric" | "OVSBridge" | "OVSBond" | "OVSPort" | "OVSIntPort" | "vnet" | "unknown"; "uplink-id"?: string; "vlan-id"?: Numeric; "vlan-protocol"?: "802.1ad" | "802.1q"; "vlan-raw-device"?: string; "vxlan-id"?: Numeric; "vxlan-local-tunnelip"?: string; "vxlan-physdev"?: string; "vxlan-svcnodeip"?: string; }[];
  "GET /cluster/mapping/pci": readonly { "checks"?: ReadonlyArray<{ "message": string; "severity": "warning" | "error"; }>; "description": string; "id": string; "map": ReadonlyArray<string>; }[];
  "GET /cluster/mapping/usb": readonly { "description": string; "error": Unknown; "id": string; "map": ReadonlyArray<string>; }[];
  "GET /cluster/mapping/dir": readonly { "checks"?: ReadonlyArray<{ "message": string; "severity": "warning" | "error"; }>; "description": string; "id": string; "map": ReadonlyArray<string>; }[];
  "GET /pools": readonly { "comment"?: string; "members"?: ReadonlyArray<{ "id": string; "node": string; "storage"?: string; "type": "qemu" | "lxc" | "openvz" | "storage"; "vmid"?: Numeric; }>; "poolid": string; }[];
  "GET /pools/{poolid}": { "comment"?: string; "members": ReadonlyArray<{ "id": string; "node": string; "storage"?: string; "type": "qemu" | "lxc" | "openvz" | "storage"; "vmid"?: Numeric; }>; };
  "GET /nodes/{node}/storage/{storage}/content": readonly { "approximate-size"?: Numeric; "ctime"?: Numeric; "encrypted"?: string; "format": string; "notes"?: string; "parent"?: string; "protected"?: Flag; "size"?: Numeric; "used"?: Numeric; "verification"?: { "state": string; "upid": string; }; "vmid"?: Numeric; "volid": string; }[];
  "GET /nodes/{node}/storage/{storage}/content/{volume}": { "format": string; "notes"?: string; "path": string; "protected"?: Flag; "size": Numeric; "used": Numeric; };
  "PUT /nodes/{node}/storage/{storage}/content/{volume}": null;
  "DELETE /nodes/{node}/storage/{storage}/content/{volume}": string;
  "GET /nodes/{node}/tasks/{upid}/log": readonly { "n": Numeric; "t": string; }[];
}

/** The calls and parameters that not every version has. */
export const GATES = {
  "GET /cluster/ha/rules": {
    "since": "9.0"
  },
  "GET /cluster/mapping/dir": {
    "since": "8.4"
  },
  "GET /cluster/mapping/pci": {
    "since": "8.0"
  },
  "GET /cluster/mapping/usb": {
    "since": "8.0"
  },
  "POST /nodes/{node}/lxc": {
    "params": {
      "dev[n]": {
        "since": "8.1"
      },
      "entrypoint": {
        "since": "9.1"
      },
      "env": {
        "since": "9.1"
      },
      "ha-managed": {
        "since": "9.1"
      }
    }
  },
  "PUT /nodes/{node}/lxc/{vmid}/config": {
    "params": {
      "dev[n]": {
        "since": "8.1"
      },
      "entrypoint": {
        "since": "9.1"
      },
      "env": {
        "since": "9.1"
      }
    }
  },
  "GET /nodes/{node}/lxc/{vmid}/interfaces": {
    "since": "8.1"
  },
  "GET /nodes/{node}/lxc/{vmid}/migrate": {
    "since": "9.0"
  },
  "POST /nodes/{node}/lxc/{vmid}/status/stop": {
    "params": {
      "overrule-shutdown": {
        "since": "8.2"
      }
    }
  },
  "POST /nodes/{node}/qemu": {
    "params": {
      "allow-ksm": {
        "since": "9.1"
      },
      "amd-sev": {
        "since": "8.3"
      },
      "ciupgrade": {
        "since": "8.0"
      },
      "ha-managed": {
        "since": "9.1"
      },
      "import-working-storage": {
        "since": "8.3"
      },
      "intel-tdx": {
        "since": "9.1"
      },
      "virtiofs[n]": {
        "since": "8.4"
      }
    }
  },
  "PUT /nodes/{node}/qemu/{vmid}/config": {
    "params": {
      "allow-ksm": {
        "since": "9.1"
      },
      "amd-sev": {
        "since": "8.3"
      },
      "ciupgrade": {
        "since": "8.0"
      },
      "intel-tdx": {
        "since": "9.1"
      },
      "virtiofs[n]": {
        "since": "8.4"
      }
    }
  },
  "POST /nodes/{node}/qemu/{vmid}/migrate": {
    "params": {
      "with-conntrack-state": {
        "since": "9.0"
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
  },
  "GET /pools": {
    "params": {
      "poolid": {
        "since": "8.1"
      },
      "type": {
        "since": "8.1"
      }
    }
  }
} as const;
