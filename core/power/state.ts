import type { Guest } from "../inventory/index.ts";
import type { Current } from "../proxmox/index.ts";

/**
 * What QEMU calls a guest whose processors stand still, whatever stopped them: a person, an error of a disk, a panic, a
 * migration. Proxmox calls all of them running. `suspended` is a guest that sleeps in its own memory.
 */
const HALTED = new Set(
  (
    "paused suspended prelaunch inmigrate finish-migrate postmigrate save-vm restore-vm colo debug " +
    "io-error internal-error guest-panicked watchdog shutdown"
  ).split(" "),
);

/** What a guest does: Proxmox calls a halted one running, and a hibernated one stopped. */
export function stateOf({ status, qmpstatus = status, lock }: Current): Guest["status"] {
  if (status === "stopped") return lock === "suspended" ? "suspended" : "stopped";
  if (status !== "running") return "unknown";
  if (qmpstatus === "running") return "running";
  return HALTED.has(qmpstatus) ? "paused" : "unknown";
}
