import { summed, type Needs, type Node } from "../placement/index.ts";
import type { ContainerInput } from "./create-container-input.ts";
import { GIB } from "./create-field.ts";
import type { VmInput } from "./create-input.ts";

/** The storage of a volume. */
export const storageOf = (volume: string) => volume.split(":")[0] ?? "";

/** What a VM needs of its node. */
export function vmNeeds({ memoryBytes, cpu, disks, firmware, iso }: VmInput): Needs {
  const wanted = disks.map(({ storage, sizeBytes = 0 }) => ({
    storage,
    content: "images",
    bytes: sizeBytes,
  }));
  const settings = firmware.type === "uefi" ? (firmware.storage ?? disks[0]?.storage) : undefined;
  if (settings !== undefined) wanted.push({ storage: settings, content: "images", bytes: GIB });
  if (iso !== undefined) wanted.push({ storage: storageOf(iso), content: "iso", bytes: 0 });
  for (const { importFrom } of disks)
    if (importFrom !== undefined) wanted.push({ storage: storageOf(importFrom), content: "any", bytes: 0 });
  return { memoryBytes, cpus: (cpu.sockets ?? 1) * (cpu.cores ?? 1), storages: summed(wanted) };
}

/** What a container needs of its node. */
export function containerNeeds({ memoryBytes, cpu, rootfs, mountPoints, osTemplate }: ContainerInput): Needs {
  const volumes = [rootfs, ...mountPoints].map(({ storage, sizeBytes }) => ({
    storage,
    content: "rootdir",
    bytes: sizeBytes,
  }));
  const template = { storage: storageOf(osTemplate), content: "vztmpl", bytes: 0 };
  return { memoryBytes, cpus: cpu.cores ?? 1, storages: summed([...volumes, template]) };
}

/** What is kept on a storage that is written to. */
const WRITTEN = new Set(["images", "rootdir"]);

/** The storages that are written to, as those who share them name them. */
export function storagesOn(
  nodes: readonly Node[],
  node: string,
  { needs }: { readonly needs: Needs },
): string[] {
  const there = nodes.find(({ name }) => name === node)?.storages ?? [];
  const isShared = (storage: string) => there.some((one) => one.storage === storage && one.shared);
  const written = needs.storages.filter(({ content }) => WRITTEN.has(content));
  return [...new Set(written.map(({ storage }) => storage))].map((storage) =>
    isShared(storage) ? storage : `${node}/${storage}`,
  );
}
