import type { Texts } from "../proxmox/index.ts";
import { disksOf, type Disk } from "./disks.ts";

/** Where a guest names a volume: now or from its next start on, and in which snapshots. */
interface Place {
  readonly disk: Disk;
  /** Undefined for the configuration that is not a snapshot's. */
  readonly snapshot: string | undefined;
}

/** A volume that a guest names, once, with every place that names it. What lies on no storage, such as a folder, is none. */
export interface GuestVolume {
  readonly volid: string;
  readonly storage: string;
  /** The slots that hold it, `scsi0` or `unused1`; `vmstate` is the memory that a snapshot keeps. */
  readonly slots: readonly string[];
  /** A volume that is a disk anywhere is no CD-ROM. */
  readonly kind: "disk" | "cd-rom" | "cloud-init";
  /** The guest that it belongs to by its name; null for an image that is nobody's. */
  readonly owner: number | null;
  readonly format: string | null;
  readonly sizeBytes: number | null;
  /** In use as the guest is, and not only unused or in a snapshot. */
  readonly attached: boolean;
  readonly snapshots: readonly string[];
}

/**
 * The guest that a volume belongs to: storages made of files keep a directory for each guest, others say it in the name
 * (`vm-100-disk-0`); of a linked clone the last part counts. Null for ISO images and the like. Pure.
 */
export function ownerOf(volid: string): number | null {
  const name = volid.slice(volid.indexOf(":") + 1);
  if (IMAGE.test(name)) return null;
  const [, vmid] = IN_DIRECTORY.exec(name) ?? BY_NAME.exec(name) ?? [];
  return vmid === undefined ? null : Number(vmid);
}

const IMAGE = /^(?:iso|vztmpl|import|snippets|backup)\//;
const IN_DIRECTORY = /(?:^|\/)(\d+)\/[^/]+$/;
const BY_NAME = /(?:^|\/)(?:vm|base|subvol|basevol)-(\d+)-[^/]*$/;

/** Disks that belong to other guests than this one: Proxmox neither moves nor removes them with it. Pure. */
export const foreignTo = <V extends { readonly volid: string }>(vmid: number, volumes: readonly V[]): V[] =>
  volumes.filter(({ volid }) => {
    const owner = ownerOf(volid);
    return owner !== null && owner !== vmid;
  });

function toVolume(volid: string, storage: string, places: readonly Place[]): GuestVolume {
  const disks = places.map(({ disk }) => disk);
  const first = disks.find(({ kind }) => kind === "disk" || kind === "unused") ?? disks[0];
  const kind = first?.kind ?? "disk";
  return {
    volid,
    storage,
    slots: [...new Set(disks.map(({ name }) => name))],
    kind: kind === "unused" ? "disk" : kind,
    owner: ownerOf(volid),
    format: first?.format ?? null,
    sizeBytes: disks.find(({ sizeBytes }) => sizeBytes !== null)?.sizeBytes ?? null,
    attached: places.some(({ disk, snapshot }) => snapshot === undefined && disk.kind !== "unused"),
    snapshots: [...new Set(places.flatMap(({ snapshot }) => snapshot ?? []))],
  };
}

/** All volumes that a guest names: as it is, unused ones, and those of its snapshots by their names. Pure. */
export function volumesOf(now: Texts, snapshots: Readonly<Record<string, Texts>> = {}): GuestVolume[] {
  const places: Place[] = [
    ...disksOf(now).map((disk) => ({ disk, snapshot: undefined })),
    ...Object.entries(snapshots).flatMap(([snapshot, texts]) =>
      disksOf(texts, { memory: true }).map((disk) => ({ disk, snapshot })),
    ),
  ];
  return [...Map.groupBy(places, ({ disk }) => disk.volid)].flatMap(([volid, found]) => {
    const storage = found[0]?.disk.storage ?? null;
    return volid === null || storage === null ? [] : [toVolume(volid, storage, found)];
  });
}

/** Why a change of this disk would be one of another guest; undefined where the disk is the guest's own. Pure. */
export function foreignDisk(
  { id, vmid }: { readonly id: string; readonly vmid: number },
  { name, volid }: Pick<Disk, "name" | "volid">,
) {
  const [foreign] = foreignTo(vmid, volid === null ? [] : [{ volid }]);
  if (!foreign) return undefined;
  const because = `${name} of ${id} is ${foreign.volid}, a disk of guest ${ownerOf(foreign.volid)}`;
  return { code: "disk.foreign", because };
}
