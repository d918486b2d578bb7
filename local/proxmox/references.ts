import { futureConfig } from "./pending.ts";
import type { Config, Guest } from "./state.ts";
import { findVolume, isCloudInit, ownerOf } from "./volume.ts";
import type { World } from "./world.ts";

/** A volume that a guest names, and all the places that name it: now, from its next start on, in snapshots. */
export interface Reference {
  readonly volid: string;
  readonly storage: string;
  /** The option that names it, `scsi0`. */
  readonly option: string;
  /** In every place that names it. */
  readonly cdrom: boolean;
  readonly attached: boolean;
  readonly unused: boolean;
  readonly tpmstate: boolean;
  readonly snapshots: readonly string[];
}

const DRIVE = /^(?:(?:ide|sata|scsi|virtio|efidisk|tpmstate|mp|unused)\d+|rootfs|vmstate)$/;

interface Named {
  readonly volid: string;
  readonly option: string;
  readonly cdrom: boolean;
  readonly snapshot?: string;
}

/** What lies on a storage, of one configuration: folders of the node and empty drives do not. */
function namedIn(config: Config, snapshot?: string): Named[] {
  return Object.entries(config).flatMap(([option, value]) => {
    const volid = (value.split(",")[0] ?? "").replace(/^(?:file|volume)=/, "");
    if (!DRIVE.test(option) || !/^[\w.-]+:/.test(volid)) return [];
    const cdrom = value.includes("media=cdrom");
    return [{ volid, option, cdrom, ...(snapshot !== undefined && { snapshot }) }];
  });
}

/** All that a guest's file names: what is in use, unused disks, pending ones and those of its snapshots. */
export function referencesOf(guest: Guest): Reference[] {
  const named = [
    ...namedIn(guest.config),
    ...namedIn(futureConfig(guest)),
    ...Object.entries(guest.snapshots).flatMap(([name, { config }]) => namedIn(config, name)),
  ];
  return [...Map.groupBy(named, ({ volid }) => volid)].map(([volid, places]) => ({
    volid,
    storage: volid.split(":")[0] ?? "",
    option: places[0]?.option ?? "",
    cdrom: places.every((one) => one.cdrom),
    attached: places.some((one) => one.snapshot === undefined && !one.option.startsWith("unused")),
    unused: places.some((one) => one.option.startsWith("unused")),
    tpmstate: places.some((one) => one.option.startsWith("tpmstate")),
    snapshots: [...new Set(places.flatMap((one) => one.snapshot ?? []))],
  }));
}

/** Those that only the guest's own node has. */
export const localReferences = (world: World, guest: Guest): Reference[] =>
  referencesOf(guest).filter(({ storage }) => world.state.storages[storage]?.shared === false);

const MOVABLE = new Set(["dir", "btrfs", "zfspool", "lvmthin", "lvm"]);

/** Whether the snapshots of a disk go along: they never do of a VM that runs. */
function takesSnapshots(world: World, guest: Guest, { volid, storage }: Reference): boolean {
  const type = world.state.storages[storage]?.type;
  if (type === "zfspool" || type === "btrfs") return true;
  return guest.kind === "qemu" && findVolume(world, volid, guest.node)?.format === "qcow2";
}

const isBaseOf = (volid: string) => `${volid.slice(volid.indexOf(":") + 1)}/`;

function snapshotProblem(world: World, guest: Guest, reference: Reference): string | undefined {
  if (reference.snapshots.length === 0) return undefined;
  if (guest.kind === "qemu" && guest.status === "running")
    return "online storage migration not possible if snapshot exists";
  return takesSnapshots(world, guest, reference) ? undefined : "non-migratable snapshot exists";
}

/** Why a local volume of a guest stays where it is, in the words of Proxmox's scan; undefined when it goes along. */
export function scan(world: World, guest: Guest, reference: Reference): string | undefined {
  const { volid, storage, cdrom } = reference;
  if (cdrom) return isCloudInit(volid) ? undefined : "local cdrom image";
  const owner = ownerOf(volid);
  if (owner !== guest.vmid)
    return guest.kind === "qemu"
      ? `owned by other VM (owner = VM ${owner ?? ""})`
      : `owned by other guest (owner = ${owner ?? ""})`;
  const type = world.state.storages[storage]?.type ?? "";
  if (!MOVABLE.has(type)) return `storage type '${type}' not supported`;
  const [, base] = /:(?:\d+\/)?(base-[^/]+)\//.exec(volid) ?? [];
  if (base !== undefined) return `it's a clone of '${base}'`;
  const isBase = world.state.volumes.some((other) => other.volid.includes(isBaseOf(volid)));
  return isBase ? "referenced by linked clone(s)" : snapshotProblem(world, guest, reference);
}
