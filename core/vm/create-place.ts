import { obstacle, place, type Candidate, type Needs, type Node } from "../placement/index.ts";
import type { ContainerInput } from "./create-container-input.ts";
import { GIB } from "./create-field.ts";
import type { VmInput } from "./create-input.ts";

/** The storage of a volume. */
export const storageOf = (volume: string) => volume.split(":")[0] ?? "";

/** What is needed of each storage for each purpose, in one sum. */
function summed(wanted: Needs["storages"]): Needs["storages"] {
  const sums = Map.groupBy(wanted, ({ storage, content }) => `${storage} ${content}`);
  return [...sums.values()].flatMap(([first, ...rest]) =>
    first ? [{ ...first, bytes: rest.reduce((total, { bytes }) => total + bytes, first.bytes) }] : [],
  );
}

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

/** Where a guest goes, why, and what is in the way. */
export interface Choice {
  readonly node: string;
  readonly candidates: readonly Candidate[];
  readonly problem?: { readonly code: string; readonly because: string };
}

/** The node that is asked for, if it can take the guest, or the one that is chosen. */
export function chooseNode(wanted: string | undefined, needs: Needs, nodes: readonly Node[]): Choice {
  const asked = nodes.find(({ name }) => name === wanted);
  if (asked) {
    // Whoever names a node knows best how full it may be; what it does not have, it cannot give.
    const storages = needs.storages.map((one) => ({ ...one, bytes: 0 }));
    const why = obstacle({ ...asked, maintenance: false }, { ...needs, memoryBytes: 0, storages });
    const because = `node ${asked.name}: ${why}`;
    const none = { node: asked.name, candidates: [] };
    if (why === undefined) return none;
    return { ...none, problem: { code: asked.online ? "placement.unfit" : "node.offline", because } };
  }
  const { node, candidates } = place(nodes, needs);
  if (node !== undefined) return { node, candidates };
  const reasons = candidates.map((one) => `${one.node}: ${one.because}`).join("; ");
  const problem = { code: "placement.none", because: `no node can take the guest (${reasons})` };
  return { node: nodes[0]?.name ?? "", candidates, problem };
}
