import { obstacle, place, type Candidate, type Needs, type Node } from "../placement/index.ts";
import { GIB } from "./create-field.ts";
import type { CreateInput } from "./create-input.ts";

/** The storage of a volume. */
export const storageOf = (volume: string) => volume.split(":")[0] ?? "";

/** What the guest needs of its node. */
function needsOf({ memoryBytes, cpu, disks, firmware, iso }: CreateInput): Needs {
  const wanted = disks.map(({ storage, sizeBytes = 0 }) => ({
    storage,
    content: "images",
    bytes: sizeBytes,
  }));
  const settings = firmware.type === "uefi" ? (firmware.storage ?? disks[0]?.storage) : undefined;
  if (settings !== undefined) wanted.push({ storage: settings, content: "images", bytes: GIB });
  if (iso !== undefined) wanted.push({ storage: storageOf(iso), content: "iso", bytes: 0 });
  const sums = Map.groupBy(wanted, ({ storage, content }) => `${storage} ${content}`);
  const storages = [...sums.values()].flatMap(([first, ...rest]) =>
    first ? [{ ...first, bytes: rest.reduce((total, { bytes }) => total + bytes, first.bytes) }] : [],
  );
  return { memoryBytes, cpus: (cpu.sockets ?? 1) * (cpu.cores ?? 1), storages };
}

/** Where a guest goes, why, and what is in the way. */
export interface Choice {
  readonly node: string;
  readonly candidates: readonly Candidate[];
  readonly problem?: { readonly code: string; readonly because: string };
}

/** The node that is asked for, if it can take the guest, or the one that is chosen. */
export function chooseNode(input: CreateInput, nodes: readonly Node[]): Choice {
  const needs = needsOf(input);
  const asked = nodes.find(({ name }) => name === input.node);
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
