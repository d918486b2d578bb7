import type { Disk } from "../disk/index.ts";
import type { Guest } from "../inventory/index.ts";
import { summed, type Needs, type Node } from "../placement/index.ts";
import { storageFor, type Manner } from "./input.ts";

/** Whether only one node has what lies on a storage, by what any node says of it. */
export const isLocal = (nodes: readonly Node[], name: string) =>
  nodes.some(({ storages }) => storages.some(({ storage, shared }) => storage === name && !shared));

/** What a guest needs of the node that it goes to: memory and CPUs only if it runs, room only for what is copied. Pure. */
export function needsOf(
  guest: Pick<Guest, "type" | "status" | "memoryBytes" | "cpus">,
  disks: readonly Disk[],
  nodes: readonly Node[],
  manner: Pick<Manner, "targetStorage">,
): Needs {
  const wanted = disks.flatMap(({ kind, storage, sizeBytes }) => {
    if (storage === null) return [];
    if (kind === "cd-rom") return [{ storage, content: "any", bytes: 0 }];
    const content = guest.type === "lxc" ? "rootdir" : "images";
    if (!isLocal(nodes, storage)) return [{ storage, content, bytes: 0 }];
    return [{ storage: storageFor(manner, storage), content, bytes: sizeBytes ?? 0 }];
  });
  const off = guest.status === "stopped";
  return {
    memoryBytes: off ? 0 : (guest.memoryBytes ?? 0),
    cpus: off ? 0 : (guest.cpus ?? 1),
    storages: summed(wanted),
  };
}
