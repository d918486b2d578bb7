import { foreignTo, isCloudInit, ownerOf, volumesOf } from "../disk/index.ts";
import type { Guest } from "../inventory/index.ts";
import type { Precondition, Texts } from "../proxmox/index.ts";
import { storageFor, type Manner } from "./input.ts";

/** A volume that only the guest's node has, as far as it decides whether it goes along. */
export interface LocalVolume {
  readonly volid: string;
  readonly kind: "disk" | "cd-rom" | "cloud-init";
  /** The snapshots that hold it; the memory that a snapshot keeps is held by none. */
  readonly snapshots: readonly string[];
}

/** Why a guest goes nowhere, or not there. */
export interface Hindrance {
  readonly code: string;
  readonly because: string;
}

/** The type of a storage that is not shared, such as `lvmthin`; undefined for one that is, and for one that nobody told of. */
export type LocalType = (storage: string) => string | undefined;

/** The types of storages by what any node says of them. Pure. */
export function localTypes(
  rows: readonly { readonly storage: string; readonly shared: boolean; readonly type: string }[],
): LocalType {
  const types = new Map(
    rows.flatMap(({ storage, shared, type }) => (shared ? [] : [[storage, type] as const])),
  );
  return (storage) => types.get(storage);
}

/** What a VM has on its own node alone, by Proxmox's own scan of its configuration and its snapshots. Pure. */
export const localOfVm = ({ localDisks }: Precondition): LocalVolume[] =>
  localDisks.map(({ volid, cdrom, memory, snapshots: taken }) => ({
    volid,
    kind: cdrom ? (isCloudInit(volid) ? "cloud-init" : "cd-rom") : "disk",
    snapshots: memory ? [] : taken,
  }));

/** The same of a container, of which Proxmox tells nothing beforehand. Pure. */
export const localOfContainer = (
  now: Texts,
  taken: Readonly<Record<string, Texts>>,
  typeOf: LocalType,
): LocalVolume[] => volumesOf(now, taken).filter(({ storage }) => typeOf(storage) !== undefined);

/** The types of storages that Proxmox can copy disks from to another node. */
const MOVABLE = new Set(["dir", "btrfs", "zfspool", "lvmthin", "lvm"]);

/** A guest that is to be moved; whether it runs. */
export interface Mover extends Pick<Guest, "id" | "vmid" | "type"> {
  readonly running: boolean;
}

/** Why the snapshots of a volume do not go along: they never do live, and else only to storage of the same type. */
function snapshotsStay(
  { type, running }: Mover,
  { volid, snapshots: taken }: LocalVolume,
  { from, to }: { readonly from: string | undefined; readonly to: string | undefined },
): string | undefined {
  const which = `${volid} is in ${taken.length > 1 ? "the snapshots" : "the snapshot"} ${taken.join(", ")}`;
  if (type === "qemu" && running)
    return `${which}, and no such disk of one node goes along live: delete them, or shut it down`;
  if (from === undefined) return undefined;
  const isSent = from === "zfspool" || from === "btrfs" || (type === "qemu" && volid.endsWith(".qcow2"));
  if (!isSent) return `${which}, which storage of type ${from} does not send along: delete them`;
  return to === undefined || to === from ? undefined : `${which}, which storage of type ${to} does not take`;
}

interface Stay {
  readonly code: string;
  readonly why: string;
}

/** Why one volume stays where it is, and its guest with it; undefined when it goes along. Pure. */
function stays(
  guest: Mover,
  volume: LocalVolume,
  { from, to }: { readonly from: string | undefined; readonly to: string | undefined },
): Stay | undefined {
  const { volid, kind, snapshots: taken } = volume;
  if (kind === "cloud-init") return undefined;
  if (kind === "cd-rom") {
    const also = taken.length > 0 ? `, or in that of the snapshot ${taken.join(", ")}` : "";
    return { code: "migrate.cd-rom", why: `${volid} is in its drive${also}, and only its node has it` };
  }
  const [foreign] = foreignTo(guest.vmid, [volume]);
  if (foreign)
    return {
      code: "disk.foreign",
      why: `${volid} is a disk of guest ${ownerOf(volid)}, and does not go along`,
    };
  if (from !== undefined && !MOVABLE.has(from))
    return {
      code: "migrate.storage",
      why: `${volid} lies on storage of type ${from}, which Proxmox does not copy`,
    };
  if (/[:/](?:base|basevol)-\d+-[^/]+\//.test(volid))
    return {
      code: "migrate.linked-clone",
      why: `${volid} is a linked clone of a disk that only its node has`,
    };
  const why = taken.length > 0 ? snapshotsStay(guest, volume, { from, to }) : undefined;
  return why === undefined ? undefined : { code: "migrate.snapshot", why };
}

/** What of a guest's volumes keeps it where it is, by the rules of Proxmox's own scan; undefined for nothing. Pure. */
export function heldByVolumes(
  guest: Mover,
  volumes: readonly LocalVolume[],
  manner: Pick<Manner, "targetStorage">,
  typeOf: LocalType,
): Hindrance | undefined {
  for (const volume of volumes) {
    const storage = volume.volid.slice(0, volume.volid.indexOf(":"));
    const found = stays(guest, volume, { from: typeOf(storage), to: typeOf(storageFor(manner, storage)) });
    if (found) return { code: found.code, because: `${guest.id} stays: ${found.why}` };
  }
  return undefined;
}
