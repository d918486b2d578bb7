import type { Guest } from "../inventory/index.ts";
import type { Current } from "../proxmox/index.ts";

/** What a guest does: Proxmox calls a paused one running, and a hibernated one stopped. */
export function stateOf({ status, qmpstatus, lock }: Current): Guest["status"] {
  if (status === "running") return qmpstatus === "paused" ? "paused" : "running";
  if (status !== "stopped") return "unknown";
  return lock === "suspended" ? "suspended" : "stopped";
}
