import type { Storage } from "./storage-state.ts";

/** What a volume is: in use, as a snapshot kept it, or the base that linked clones stand on. */
export type Condition = "current" | "snap" | "base";
export type Feature = "snapshot" | "clone" | "copy" | "template";

type Formats = readonly string[];
type Features = Readonly<Record<Feature, Readonly<Partial<Record<Condition, Formats>>>>>;

interface StorageType {
  /** The formats of a disk; the first is what an order without one gets. */
  readonly formats: Formats;
  /** The formats of a volume that can do something in some condition: `volume_has_feature` of its plugin. */
  readonly features: Features;
  /** Bytes; every size is a multiple of it. */
  readonly unit: number;
}

const MIB = 1024 ** 2;
const RAW: Formats = ["raw"];
const BLOCK: Formats = ["raw", "subvol"];
const FILE: Formats = ["raw", "qcow2", "vmdk", "subvol"];

const directory: StorageType = {
  formats: FILE,
  features: {
    snapshot: { current: ["qcow2"], snap: ["qcow2"] },
    clone: { base: ["raw", "qcow2", "vmdk"] },
    copy: { current: FILE, base: FILE, snap: ["qcow2"] },
    template: { current: FILE },
  },
  unit: 1024,
};

const lvm: StorageType = {
  formats: RAW,
  features: { snapshot: {}, clone: {}, copy: { current: RAW, base: RAW }, template: {} },
  unit: 4 * MIB,
};

const lvmthin: StorageType = {
  formats: RAW,
  features: {
    snapshot: { current: RAW },
    clone: { base: RAW, snap: RAW },
    copy: { current: RAW, base: RAW, snap: RAW },
    template: { current: RAW },
  },
  unit: 4 * MIB,
};

const zfspool: StorageType = {
  formats: BLOCK,
  features: {
    snapshot: { current: BLOCK, snap: BLOCK },
    clone: { base: BLOCK },
    copy: { current: BLOCK, base: BLOCK },
    template: { current: BLOCK },
  },
  unit: MIB,
};

const rbd: StorageType = {
  formats: RAW,
  features: { ...lvmthin.features, snapshot: { current: RAW, snap: RAW } },
  unit: MIB,
};

const BTRFS: Formats = ["raw", "qcow2", "subvol"];
const btrfs: StorageType = {
  formats: FILE,
  features: {
    snapshot: { current: BTRFS, snap: BTRFS },
    clone: { base: FILE, current: RAW, snap: RAW },
    copy: { current: FILE, base: FILE, snap: BTRFS },
    template: { current: FILE },
  },
  unit: 1024,
};

const TYPES: Readonly<Record<string, StorageType>> = { lvm, lvmthin, zfspool, rbd, btrfs };

/** Images in files, which is what every type is that is not told here. */
const typeOf = ({ type }: Storage): StorageType => TYPES[type] ?? directory;

/** Whether a volume of this format can do something there. */
export const can = (storage: Storage, feature: Feature, condition: Condition, format: string): boolean =>
  typeOf(storage).features[feature][condition]?.includes(format) ?? false;

/** The format of a disk for which none was asked: the storage's own setting, else raw. */
export const defaultFormat = (storage: Storage): string => storage.options?.format ?? "raw";

export const takesFormat = (storage: Storage, format: string): boolean =>
  typeOf(storage).formats.includes(format);

/** Bytes as this storage rounds them up. */
export function roundedUp(storage: Storage, bytes: number): number {
  const { unit } = typeOf(storage);
  return Math.ceil(bytes / unit) * unit;
}

/** ZFS goes back to the newest snapshot of a volume only; all others to any. */
export const rollsBackToNewestOnly = ({ type }: Storage): boolean => type === "zfspool";

/** How the volume of a linked clone is called. A file carries its base's name, and is qcow2 whatever the base is;
 * LVM-thin and Btrfs's raw forget the base. */
export function linkedClone(storage: Storage, format: string): { format: string; namesBase: boolean } {
  if (storage.type === "btrfs" && format === "raw") return { format, namesBase: false };
  if (storage.path !== undefined) return { format: "qcow2", namesBase: true };
  return { format, namesBase: storage.type !== "lvmthin" };
}
