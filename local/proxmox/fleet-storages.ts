import type { Storage } from "./state.ts";

const GIB = 1024 ** 3;
/** What the installer sets. */
const KEEP_ALL = "keep-all=1";

const storage = (name: string, type: string, content: string[], more: Partial<Storage>): Storage => ({
  storage: name,
  type,
  content,
  shared: false,
  total: 500 * GIB,
  ...more,
});

/** The storages of the development fleet. */
export const STORAGES: readonly Storage[] = [
  storage("local", "dir", ["iso", "vztmpl", "backup"], { path: "/var/lib/vz", prune: KEEP_ALL }),
  storage("local-lvm", "lvmthin", ["images", "rootdir"], { total: 1000 * GIB }),
  storage("nfs", "nfs", ["images", "iso"], { path: "/mnt/pve/nfs", shared: true, total: 4000 * GIB }),
  storage("backup", "nfs", ["backup"], {
    path: "/mnt/pve/backup",
    prune: KEEP_ALL,
    shared: true,
    total: 8000 * GIB,
  }),
];

/** The one storage of a fresh standalone node. */
export const STANDALONE: readonly Storage[] = [
  storage("local", "dir", ["images", "rootdir", "iso", "vztmpl", "backup", "snippets"], {
    path: "/var/lib/vz",
    prune: KEEP_ALL,
  }),
];
