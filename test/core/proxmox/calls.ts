import { createHash } from "node:crypto";
import {
  areTagsCaseSensitive,
  backUp,
  bridgesOn,
  configIn,
  backupsOn,
  canSnapshot,
  changeConfig,
  cloneGuest,
  clusterStatus,
  config,
  createGuest,
  current,
  deleteSnapshot,
  deleteVolume,
  describeSnapshot,
  destroyGuest,
  interfaces,
  inMaintenance,
  isFreeVmid,
  isPool,
  mappingsOf,
  migrateGuest,
  makeTemplate,
  moveDisk,
  notesOf,
  nextVmid,
  parseUpid,
  pending,
  placements,
  precondition,
  power,
  regenerate,
  resizeDisk,
  resources,
  restoreGuest,
  rollBack,
  sight,
  setOptions,
  snapshots,
  spiceProxy,
  statistics,
  tagsInSnapshot,
  tagsOf,
  takeSnapshot,
  clusterTasks,
  stopTask,
  tasks,
  tellsInterfaces,
  taskLog,
  taskStatus,
  termProxy,
  updateBackup,
  upload,
  version,
  vncProxy,
  volumesOn,
  writeTags,
  type GuestPath,
  type Proxmox,
} from "../../../core/proxmox/index.ts";
import { NEW_CONTAINER, NEWBORN } from "./newborn.ts";

/** What the calls are made of: two guests, a place for files and a task that has been. */
export interface Subjects {
  readonly vm: GuestPath & { type: "qemu" };
  readonly container: GuestPath & { type: "lxc" };
  readonly upid: string;
}

export const SUBJECTS: Subjects = {
  vm: { node: "pve1", type: "qemu", vmid: 101 },
  container: { node: "pve1", type: "lxc", vmid: 121 },
  upid: "UPID:pve1:0002A4F1:019C1B7E:6740F2C5:qmstart:101:root@pam:",
};

const CHANGE = {
  name: "web-07",
  description: "a\nb",
  cores: 2,
  cpulimit: 1.5,
  cpuunits: 100,
  memory: 2048,
  onboot: true,
  protection: false,
  digest: "",
};
const CHANGE_OF_VM = { sockets: 2, cpu: "host", balloon: 1024, agent: "1", boot: "order=scsi0" };

const BACKUP = "backup:backup/vzdump-qemu-101-2026_11_22-02_00_00.vma.zst";
const BACKUP_PLACE = { node: "pve1", storage: "backup" };
const RESTORE = { storage: "nfs", pool: "acme", unique: true, force: true, bwlimit: 1024 };

async function* bytes() {
  yield new TextEncoder().encode("an image");
}

/** Everything that can be done to the power of a guest, which is running before and after. */
const powerCalls = (guest: GuestPath) => [
  (proxmox: Proxmox) => power(proxmox, guest, "reboot", { timeout: 60 }),
  (proxmox: Proxmox) => power(proxmox, guest, "suspend"),
  (proxmox: Proxmox) => power(proxmox, guest, "resume"),
  (proxmox: Proxmox) => power(proxmox, guest, "shutdown", { timeout: 60, forceStop: true }),
  (proxmox: Proxmox) => power(proxmox, guest, "start"),
  (proxmox: Proxmox) => power(proxmox, guest, "stop"),
  (proxmox: Proxmox) => power(proxmox, guest, "start"),
];

/** A guest that is moved to another node with all that can be said of it, and back again. */
function thereAndBack(guest: GuestPath) {
  const away = { ...guest, node: guest.node === "pve1" ? "pve2" : "pve1" };
  const manner = { withLocalDisks: true, restart: true, targetStorage: "nfs,local-lvm:local-lvm" };
  return [
    (proxmox: Proxmox) => precondition(proxmox, guest),
    (proxmox: Proxmox) =>
      migrateGuest(proxmox, guest, { ...manner, target: away.node, timeout: 60, bwlimit: 1024 }),
    (proxmox: Proxmox) => migrateGuest(proxmox, away, { ...manner, target: guest.node }),
  ];
}

const snapshot = { snapname: "conform", description: "a\nb", vmstate: true };

/** What a VM needs for all of its consoles, once it has been started anew. */
const CONSOLES = { set: { vga: "qxl", serial0: "socket" }, remove: [] };

/** Every way to look at a guest that runs. */
const consoleCalls = (guest: GuestPath) => [
  (proxmox: Proxmox) => vncProxy(proxmox, guest, { password: true }),
  (proxmox: Proxmox) => termProxy(proxmox, guest, "serial0"),
  (proxmox: Proxmox) => spiceProxy(proxmox, guest, "pve.example.net"),
];

const BACKUP_OPTIONS = {
  bwlimit: 1024,
  mode: "snapshot",
  compress: "zstd",
  "notes-template": "n",
  protected: false,
  remove: false,
} as const;

const backupCalls = (vm: GuestPath, container: GuestPath) => [
  (proxmox: Proxmox) => configIn(proxmox, vm.node, BACKUP),
  (proxmox: Proxmox) =>
    backUp(proxmox, vm.node, { vmid: String(vm.vmid), storage: "backup", ...BACKUP_OPTIONS }),
  (proxmox: Proxmox) => backupsOn(proxmox, { node: vm.node, storage: "backup" }, vm.vmid),
  (proxmox: Proxmox) => notesOf(proxmox, BACKUP_PLACE, BACKUP),
  (proxmox: Proxmox) => updateBackup(proxmox, BACKUP_PLACE, BACKUP, { notes: "a\nb", protected: false }),
  (proxmox: Proxmox) => restoreGuest(proxmox, { ...vm, vmid: 7005 }, { ...RESTORE, archive: BACKUP }),
  (proxmox: Proxmox) => restoreGuest(proxmox, { ...container, vmid: 7006 }, { ...RESTORE, archive: BACKUP }),
  (proxmox: Proxmox) => deleteVolume(proxmox, BACKUP_PLACE, BACKUP),
];

/** Whether what a new guest names is there. */
const presenceCalls = ({ node, vmid }: GuestPath) => [
  (proxmox: Proxmox) => volumesOn(proxmox, { node, storage: "nfs" }, { content: "images", vmid }),
  (proxmox: Proxmox) => bridgesOn(proxmox, node),
  ...(["pci", "usb", "dir"] as const).map((kind) => (proxmox: Proxmox) => mappingsOf(proxmox, kind)),
  (proxmox: Proxmox) => isPool(proxmox, "acme"),
  (proxmox: Proxmox) => isPool(proxmox, "acme/web"),
];

/** Every function of the client, with all that it can send, in an order in which each can work. */
export function calls({
  vm,
  container,
  upid,
}: Subjects): readonly ((proxmox: Proxmox) => Promise<unknown>)[] {
  const task = parseUpid(upid);
  if (!task) throw new Error("no UPID");
  const both = [vm, container];
  const copy = { description: "a\nb", full: true, pool: "acme", storage: "nfs", target: vm.node } as const;
  return [
    version,
    clusterStatus,
    resources,
    placements,
    areTagsCaseSensitive,
    (proxmox) => setOptions(proxmox, vm, CONSOLES),
    ...both.flatMap((guest) => [
      (proxmox: Proxmox) => current(proxmox, guest),
      (proxmox: Proxmox) => config(proxmox, guest),
      (proxmox: Proxmox) => pending(proxmox, guest),
      async (proxmox: Proxmox) =>
        (await tellsInterfaces(proxmox, guest)) ? interfaces(proxmox, guest) : undefined,
      (proxmox: Proxmox) => statistics(proxmox, guest, { timeframe: "hour", cf: "MAX" }),
      (proxmox: Proxmox) => changeConfig(proxmox, guest, CHANGE),
      (proxmox: Proxmox) => changeConfig(proxmox, guest, { delete: "description", digest: "" }),
      ...powerCalls(guest),
      (proxmox: Proxmox) => takeSnapshot(proxmox, guest, snapshot),
      (proxmox: Proxmox) => snapshots(proxmox, guest),
      (proxmox: Proxmox) => canSnapshot(proxmox, guest),
      (proxmox: Proxmox) => describeSnapshot(proxmox, guest, "conform", "c\nd"),
      (proxmox: Proxmox) => tagsInSnapshot(proxmox, guest, "conform"),
      (proxmox: Proxmox) => rollBack(proxmox, guest, "conform", true),
      (proxmox: Proxmox) => deleteSnapshot(proxmox, guest, "conform"),
      (proxmox: Proxmox) => tagsOf(proxmox, guest),
      (proxmox: Proxmox) => writeTags(proxmox, guest, ["web", "env-prod"], ""),
      (proxmox: Proxmox) => writeTags(proxmox, guest, [], ""),
    ]),
    ...both.flatMap((guest) => [...consoleCalls(guest), ...thereAndBack(guest)]),
    nextVmid,
    (proxmox) => isFreeVmid(proxmox, 7001),
    inMaintenance,
    sight,
    ...presenceCalls(vm),
    (proxmox) => createGuest(proxmox, { ...vm, vmid: 7004 }, NEWBORN),
    (proxmox) => createGuest(proxmox, { ...container, vmid: 7007 }, NEW_CONTAINER),
    (proxmox) => setOptions(proxmox, { ...vm, vmid: 7004 }, { set: { ciuser: "ops" }, remove: ["net1"] }),
    (proxmox) => regenerate(proxmox, { ...vm, vmid: 7004 }),
    (proxmox) => cloneGuest(proxmox, vm, { ...copy, newid: 7001, name: "copy-1", format: "qcow2" }),
    (proxmox) => takeSnapshot(proxmox, container, { ...snapshot, snapname: "source" }),
    (proxmox) => cloneGuest(proxmox, container, { ...copy, newid: 7002, name: "copy-2", snapname: "source" }),
    (proxmox) => power(proxmox, vm, "start", { timeout: 60 }),
    (proxmox) => power(proxmox, vm, "reset"),
    (proxmox) => power(proxmox, vm, "suspend", { toDisk: true }),
    (proxmox) => power(proxmox, vm, "start"),
    (proxmox) => power(proxmox, vm, "stop", { timeout: 60 }),
    (proxmox) => changeConfig(proxmox, vm, { ...CHANGE, ...CHANGE_OF_VM }),
    (proxmox) => resizeDisk(proxmox, vm, { disk: "scsi0", size: "+1G" }),
    (proxmox) => resizeDisk(proxmox, container, { disk: "rootfs", size: "68719476736" }),
    (proxmox) =>
      moveDisk(proxmox, vm, { disk: "scsi0", storage: "nfs", format: "qcow2", delete: true, bwlimit: 1024 }),
    (proxmox) =>
      moveDisk(proxmox, container, { disk: "rootfs", storage: "nfs", delete: false, bwlimit: 1024 }),
    ...backupCalls(vm, container),
    (proxmox) => taskLog(proxmox, task, { start: 1, limit: 5 }),
    (proxmox) =>
      upload(
        proxmox,
        { node: vm.node, storage: "local" },
        {
          kind: "iso",
          filename: "tiny.iso",
          size: 8,
          content: bytes,
          checksum: {
            algorithm: "sha256",
            value: createHash("sha256").update("an image").digest("hex"),
          },
        },
      ),
    (proxmox) => clusterTasks(proxmox),
    (proxmox) => tasks(proxmox, vm.node, { since: new Date(0), vmid: vm.vmid, limit: 5 }),
    (proxmox) => taskStatus(proxmox, task),
    (proxmox) => stopTask(proxmox, task),
    (proxmox) => deleteSnapshot(proxmox, container, "source"),
    (proxmox) => power(proxmox, container, "stop"),
    ...both.flatMap((guest) => [
      (proxmox: Proxmox) => makeTemplate(proxmox, guest),
      (proxmox: Proxmox) => destroyGuest(proxmox, guest, { purge: true, destroyUnreferencedDisks: true }),
    ]),
  ];
}
