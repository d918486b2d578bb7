import { createHash } from "node:crypto";
import {
  backUp,
  cloneGuest,
  clusterStatus,
  config,
  current,
  deleteSnapshot,
  isFreeVmid,
  nextVmid,
  parseUpid,
  placements,
  power,
  resizeDisk,
  resources,
  snapshots,
  takeSnapshot,
  clusterTasks,
  tasks,
  taskStatus,
  upload,
  version,
  type GuestPath,
  type Proxmox,
} from "../../../core/proxmox/index.ts";

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

async function* bytes() {
  yield new TextEncoder().encode("an image");
}

/** Every function of the client, with all that it can send, in an order in which each can work. */
export function calls({
  vm,
  container,
  upid,
}: Subjects): readonly ((proxmox: Proxmox) => Promise<unknown>)[] {
  const task = parseUpid(upid);
  if (!task) throw new Error("no UPID");
  const snapshot = { snapname: "conform", description: "a\nb", vmstate: true };
  const backup = {
    mode: "snapshot",
    compress: "zstd",
    "notes-template": "n",
    protected: false,
    remove: false,
  } as const;
  const both = [vm, container];
  const copy = { description: "a\nb", full: true, pool: "acme", storage: "nfs", target: vm.node } as const;
  return [
    version,
    clusterStatus,
    resources,
    placements,
    ...both.flatMap((guest) => [
      (proxmox: Proxmox) => current(proxmox, guest),
      (proxmox: Proxmox) => config(proxmox, guest),
      (proxmox: Proxmox) => power(proxmox, guest, "stop"),
      (proxmox: Proxmox) => power(proxmox, guest, "start"),
      (proxmox: Proxmox) => takeSnapshot(proxmox, guest, snapshot),
      (proxmox: Proxmox) => snapshots(proxmox, guest),
      (proxmox: Proxmox) => deleteSnapshot(proxmox, guest, "conform"),
    ]),
    nextVmid,
    (proxmox) => isFreeVmid(proxmox, 7001),
    (proxmox) => cloneGuest(proxmox, vm, { ...copy, newid: 7001, name: "copy-1", format: "qcow2" }),
    (proxmox) => takeSnapshot(proxmox, container, { ...snapshot, snapname: "source" }),
    (proxmox) => cloneGuest(proxmox, container, { ...copy, newid: 7002, name: "copy-2", snapname: "source" }),
    (proxmox) => resizeDisk(proxmox, vm, { disk: "scsi0", size: "+1G" }),
    (proxmox) => backUp(proxmox, vm.node, { vmid: String(vm.vmid), storage: "backup", ...backup }),
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
  ];
}
