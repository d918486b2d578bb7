import { disksOf, foreignTo, isOfFiles, isRawFile, volumesOf, type GuestVolume } from "../disk/index.ts";
import type { Guest } from "../inventory/index.ts";
import type { Texts } from "../proxmox/index.ts";
import { unfit, type Storage } from "../storage/index.ts";

/** Why nothing is copied. */
export interface Obstacle {
  readonly code: string;
  readonly because: string;
}

/** Where the copy is to be, and all storages of the cluster. */
interface Place {
  readonly node: string;
  readonly storage: string | undefined;
  readonly storages: readonly Storage[];
}

type Source = Pick<Guest, "id" | "vmid" | "type" | "node">;

/** What is copied along; unused disks are not. */
const drivesOf = (texts: Texts): GuestVolume[] => volumesOf(texts).filter(({ attached }) => attached);

/** What cannot be copied wherever it is to go: disks of other guests, and folders of the node that a container mounts. Pure. */
export function uncopiable({ id, vmid, type }: Source, texts: Texts): Obstacle | undefined {
  const [foreign] = foreignTo(vmid, drivesOf(texts));
  if (foreign) {
    const because = `${id} has ${foreign.volid} as ${foreign.slots.join(", ")}, a disk of guest ${foreign.owner}`;
    return { code: "disk.foreign", because };
  }
  const folders = type === "lxc" ? disksOf(texts).filter(({ volid }) => volid?.startsWith("/")) : [];
  if (folders.length === 0) return undefined;
  const because = `${id} mounts folders or devices of its node (${folders.map(({ name }) => name).join(", ")}), and Proxmox copies no such container`;
  return { code: "disk.folder", because };
}

/** Why another node is out of reach: it is reached by storage that is shared, of the drives and of the copies. Pure. */
function unreachable(
  { id, type, node: home }: Source,
  drives: readonly GuestVolume[],
  { node, storage, storages }: Place,
): Obstacle | undefined {
  const isLocal = (name: string) => storages.some((one) => one.storage === name && !one.shared);
  if (storage !== undefined && isLocal(storage)) {
    const because = `storage ${storage} is another one on each node, so that no copy of ${id} comes to ${node} by it`;
    return { code: "storage.local", because };
  }
  // Proxmox looks at where the disks of a container go, and at where all drives of a VM are, those with an ISO image too.
  const counted = type === "lxc" && storage !== undefined ? [] : drives;
  const local = counted.find((drive) => isLocal(drive.storage));
  if (!local) return undefined;
  const because = `${id} has ${local.volid} as ${local.slots.join(", ")}, which only ${home} reaches, and cannot be copied to ${node}`;
  return { code: "storage.local", because };
}

/** Why the drives of this configuration cannot come to the node or the storage that is asked for. Pure. */
export function misplaced(source: Source, texts: Texts, place: Place): Obstacle | undefined {
  const { node, storage, storages } = place;
  const drives = drivesOf(texts);
  const far = node === source.node ? undefined : unreachable(source, drives, place);
  if (far) return far;
  const content = source.type === "lxc" ? "rootdir" : "images";
  if (storage !== undefined)
    return (
      unfit(storages, { storage, node: source.node, content }) ?? unfit(storages, { storage, node, content })
    );
  // The copies lie where the disks do, and the new node has to have that.
  const needed = drives.map((drive) => (drive.kind === "cd-rom" ? undefined : drive.storage));
  for (const name of new Set(needed)) {
    const lack = name === undefined ? undefined : unfit(storages, { storage: name, node, content });
    if (lack) return lack;
  }
  return undefined;
}

/** The format of the copies: qcow2 where a disk file could have no snapshots otherwise, and nobody asks for another. Pure. */
export function formatOf(
  source: Pick<Source, "type">,
  texts: Texts,
  {
    full,
    format,
    onto,
  }: { readonly full: boolean; readonly format: string | undefined; readonly onto: string | undefined },
): CloneFormat | null {
  const asked = FORMATS.find((one) => one === format);
  if (asked || !full || source.type === "lxc") return asked ?? null;
  const disks = drivesOf(texts).filter(({ kind, slots }) => kind === "disk" && !slots.includes("tpmstate0"));
  const becomesRaw = ({ volid }: GuestVolume) =>
    onto === undefined ? isRawFile(volid) : isOfFiles(onto) && !volid.endsWith(".qcow2");
  return disks.some(becomesRaw) ? "qcow2" : null;
}

const FORMATS = ["raw", "qcow2", "vmdk"] as const;
type CloneFormat = (typeof FORMATS)[number];

/** Which disks will keep a copy that is written to files from snapshots, in words; undefined for none. Pure. */
export function copiedWithout(
  source: Pick<Source, "type">,
  texts: Texts,
  { format, onto }: { readonly format: string | null; readonly onto: string | undefined },
): string | undefined {
  if (!isOfFiles(onto)) return undefined;
  const raw = drivesOf(texts).filter(({ kind, slots }) => {
    const stays = source.type === "lxc" || slots.includes("tpmstate0");
    return kind === "disk" && (stays || (format !== null && format !== "qcow2"));
  });
  if (raw.length === 0) return undefined;
  const names = raw.map(({ slots }) => slots.join(", ")).join(", ");
  return `snapshots of it will not be possible: ${names} will be ${format === "vmdk" ? format : "raw"}`;
}
