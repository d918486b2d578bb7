import { volumesOn } from "./resources.ts";
import type { Storage } from "./state.ts";
import type { World } from "./world.ts";

/** Files have their format in their names. */
const isFile = (storage: Storage) => storage.path !== undefined;

const nameIn = (vmid: number, plain: string, format: string) => `${vmid}/${plain}.${format}`;

/** A volume of this name, as this kind of storage writes it. */
const volidOf = (storage: Storage, vmid: number, plain: string, format: string): string =>
  `${storage.storage}:${isFile(storage) ? nameIn(vmid, plain, format) : plain}`;

export interface Owner {
  readonly vmid: number;
  /** Whose storage it is, when each node has its own. */
  readonly node: string;
}

/** The next free volume of a guest on a storage: the numbers count through all its formats, bases and containers. */
export function volumeName(world: World, storage: Storage, owner: Owner, format = "raw"): string {
  const { vmid, node } = owner;
  const own = new RegExp(`[:/](?:vm|base|subvol|basevol)-${vmid}-disk-(\\d+)[^/]*$`);
  const taken = new Set(volumesOn(world, storage, node).map(({ volid }) => Number(own.exec(volid)?.[1])));
  let number = 0;
  while (taken.has(number)) number += 1;
  const stem = format === "subvol" ? "subvol" : "vm";
  return volidOf(storage, vmid, `${stem}-${vmid}-disk-${number}`, format);
}

/** The cloud-init drive of a guest. */
export const cloudInitName = (storage: Storage, vmid: number, format: string): string =>
  volidOf(storage, vmid, `vm-${vmid}-cloudinit`, format);

const UNITS = ["K", "M", "G", "T"];

/** Bytes in the largest unit that needs no fraction: 528K, 1536M, 1T. */
function sizeText(bytes: number): string {
  let [count, unit] = [bytes, ""];
  for (const next of UNITS) {
    if (count % 1024 !== 0 || count === 0) break;
    [count, unit] = [count / 1024, next];
  }
  return `${count}${unit}`;
}

/** By key; a path in a container, which has to be there, comes before the others. */
export function inOrder(a: string, b: string): number {
  const [left = "", right = ""] = [a, b].map((part) => (part.split("=")[0] ?? "").replace(/^mp$/, ""));
  return left < right ? -1 : Number(left > right);
}

/** A drive as Proxmox writes it: its volume, then the rest in order. */
export function driveText(volid: string, rest: readonly string[], size?: number): string {
  const parts = rest.filter((part) => size === undefined || !part.startsWith("size="));
  const sized = size === undefined ? parts : [...parts, `size=${sizeText(size)}`];
  return [volid, ...sized.toSorted(inOrder)].join(",");
}
