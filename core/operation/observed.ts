import type { Observation } from "./effect.ts";
import type { ItemRow } from "./item.ts";
import { lookFor, outcome, type Proxmox } from "../proxmox/index.ts";

/** What shows of a change whose answer got lost: a task of one of these types, or that it is there. */
export async function observed(
  proxmox: Proxmox,
  item: ItemRow,
  types: readonly string[],
  isThere: () => Promise<boolean>,
): Promise<Observation> {
  const { node, vmid } = item.vm;
  const seen = await lookFor(proxmox, { node, vmid, types, sentAt: new Date(item.sentAt ?? "") }, isThere);
  if (seen.state === "there") return { ...seen, state: "done" };
  if (seen.state !== "ended") return seen;
  // It ended well and what was wanted is not there: that was another's task, or that of the step before.
  if (outcome(seen.exit).ok) return { state: "absent" };
  return {
    state: "failed",
    detail: seen.exit ?? "the task ended without a status",
    upid: seen.upid,
  };
}
