import type { Config, Guest, Volume } from "./state.ts";

interface Row {
  readonly vmid: number;
  readonly name: string;
  readonly tags: string;
  readonly running: boolean;
  readonly kind?: "lxc";
  readonly storage?: "nfs" | "nfs-raw";
  readonly template?: true;
}

const running = true;
const stopped = false;
const row = (vmid: number, name: string, tags: string, state: boolean): Row => ({
  vmid,
  name,
  tags,
  running: state,
});

/** The 24 guests whose pattern larger fleets repeat. */
const ROWS: readonly Row[] = [
  row(101, "web-1", "always-on;client-acme;env-prod;moxxie;role-web", running),
  row(102, "web-2", "client-acme;env-prod;moxxie;role-web", running),
  { ...row(103, "db-1", "always-on;client-acme;env-prod;moxxie;role-db", running), storage: "nfs" },
  row(104, "api-1", "client-acme;env-prod;moxxie;role-api", running),
  row(105, "web-3", "client-globex;env-prod;role-web", running),
  { ...row(106, "db-2", "client-globex;env-prod;role-db", running), storage: "nfs" },
  row(107, "cache-1", "client-globex;env-prod;role-cache", stopped),
  row(108, "mail-1", "client-initech;env-prod;role-mail", running),
  row(109, "queue-1", "client-acme;env-staging;moxxie;role-queue", running),
  row(110, "ci-1", "client-acme;env-dev;moxxie;role-ci", stopped),
  row(111, "batch-1", "client-globex;env-staging;maint-ok;role-batch", running),
  { ...row(112, "raw-only", "client-globex;env-test", stopped), storage: "nfs-raw" },
  { ...row(201, "proxy-1", "client-acme;env-prod;role-proxy", running), kind: "lxc" },
  { ...row(202, "dns-1", "client-acme;env-staging;role-dns", running), kind: "lxc" },
  { ...row(203, "wiki-1", "client-initech;env-dev;role-wiki", stopped), kind: "lxc" },
  { ...row(204, "log-1", "client-initech;env-test;role-log", stopped), kind: "lxc" },
  { ...row(9000, "debian-12-cloud", "template", stopped), template: true },
  row(113, "dev-1", "client-acme;env-dev", running),
  row(114, "dev-2", "client-acme;env-dev", stopped),
  row(115, "test-1", "client-globex;env-test", running),
  row(116, "test-2", "client-globex;env-test", stopped),
  row(117, "build-1", "client-initech;env-dev;role-ci", running),
  row(118, "k8s-cp-1", "client-initech;env-dev;k8s-controlplane", running),
  row(119, "k8s-worker-1", "client-initech;env-dev;k8s-worker", running),
];

const GIB = 1024 ** 3;
const mac = (vmid: number) =>
  `BC:24:11:${[vmid >> 16, vmid >> 8, vmid].map((part) => (part & 255).toString(16).toUpperCase().padStart(2, "0")).join(":")}`;

function volumeOf(row: Row, vmid: number): { volid: string; format: string; storage: string } {
  if (row.storage === "nfs-raw")
    return { volid: `nfs:${vmid}/vm-${vmid}-disk-0.raw`, format: "raw", storage: "nfs" };
  if (row.storage === "nfs")
    return { volid: `nfs:${vmid}/vm-${vmid}-disk-0.qcow2`, format: "qcow2", storage: "nfs" };
  const stem = row.template ? "base" : "vm";
  return { volid: `local-lvm:${stem}-${vmid}-disk-0`, format: "raw", storage: "local-lvm" };
}

function qemuConfig(row: Row, vmid: number, name: string): Config {
  return {
    ...(row.template ? {} : { agent: "1" }),
    boot: "order=scsi0;net0",
    cores: "2",
    memory: row.storage === "nfs" ? "4096" : "2048",
    meta: "creation-qemu=9.2.0,ctime=1764000000",
    name,
    net0: `virtio=${mac(vmid)},bridge=vmbr${vmid % 5 === 0 ? 1 : 0}`,
    ostype: "l26",
    scsi0: `${volumeOf(row, vmid).volid},size=32G`,
    scsihw: "virtio-scsi-single",
    smbios1: `uuid=00000000-0000-4000-8000-${String(vmid).padStart(12, "0")}`,
    tags: row.tags,
    ...(row.template && {
      template: "1",
      ide2: `local-lvm:vm-${vmid}-cloudinit,media=cdrom`,
      ciuser: "debian",
      ipconfig0: "ip=dhcp",
    }),
    vmgenid: `00000000-0000-4000-9000-${String(vmid).padStart(12, "0")}`,
  };
}

function lxcConfig(row: Row, vmid: number, hostname: string): Config {
  return {
    arch: "amd64",
    cores: "1",
    hostname,
    memory: "1024",
    net0: `name=eth0,bridge=vmbr0,hwaddr=${mac(vmid)},ip=dhcp,type=veth`,
    ostype: "debian",
    rootfs: `${volumeOf(row, vmid).volid},size=8G`,
    swap: "512",
    tags: row.tags,
    unprivileged: "1",
  };
}

/** The nth guest of a fleet and its disk. Each further round of 24 repeats the pattern 1000 VMIDs higher. */
export function fleetGuest(index: number, node: string, now: number): { guest: Guest; disk: Volume } {
  const round = Math.floor(index / ROWS.length);
  const row = ROWS[index % ROWS.length];
  if (!row) throw new Error("the fleet has no pattern");
  const vmid = row.vmid + 1000 * round;
  const name = round ? `${row.name}-r${round + 1}` : row.name;
  const kind = row.kind ?? "qemu";
  const { volid, format, storage } = volumeOf(row, vmid);
  const size = (kind === "qemu" ? 32 : 8) * GIB;
  const guest: Guest = {
    vmid,
    kind,
    node,
    status: row.running ? "running" : "stopped",
    ...(row.running && { startedAt: now - 86_400 - vmid, pid: 2000 + vmid }),
    config: kind === "qemu" ? qemuConfig(row, vmid, name) : lxcConfig(row, vmid, name),
    snapshots: {},
  };
  const content = kind === "qemu" ? "images" : "rootdir";
  const where = storage === "nfs" ? {} : { node };
  const disk: Volume = {
    volid,
    storage,
    ...where,
    content,
    format,
    size,
    used: size / 4,
    ctime: now - 2_592_000,
    vmid,
  };
  return { guest, disk };
}
