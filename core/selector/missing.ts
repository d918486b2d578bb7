import type { Guest } from "./criteria.ts";
import type { Selector } from "./schema.ts";

/** A vmid that was asked for and belongs to no guest; `cluster` is told when the selector names exactly one. */
export interface Missing {
  readonly vmid: number;
  readonly cluster?: string;
}

/**
 * The vmids of the selectors that no guest has, in the clusters the selector names or anywhere; each is told once. One
 * that exists but is ruled out by another field is not missing. Those of an `exclude` are not asked for.
 */
export function missing(selectors: readonly Selector[], guests: readonly Guest[]): Missing[] {
  const homes = Map.groupBy(guests, (guest) => guest.vmid);
  const found = new Map<string, Missing>();
  for (const { vmids = [], clusters } of selectors) {
    for (const vmid of vmids) {
      const here = homes.get(vmid)?.some((guest) => !clusters || clusters.includes(guest.cluster));
      if (here) continue;
      const [cluster] = clusters?.length === 1 ? clusters : [];
      found.set(`${cluster ?? ""}/${vmid}`, cluster === undefined ? { vmid } : { vmid, cluster });
    }
  }
  return [...found.values()];
}
