import { pathOf, type ItemRow } from "../operation/index.ts";
import { stateOf } from "../power/index.ts";
import { current, parseUpid, ProxmoxError, taskLog, type Current, type Proxmox } from "../proxmox/index.ts";
import { detailOf } from "./detail.ts";

/** The tasks that move a guest themselves. */
export const OWN = ["qmigrate", "vzmigrate"];
/** Asks the HA manager; done before anything has happened. */
export const ASKED = "hamigrate";
/** A live migration logs a line each second; its end is what counts. */
const MOST_LINES = 20_000;

/** The guest as a node sees it; undefined where it is not there. */
async function on(proxmox: Proxmox, item: ItemRow, node: string): Promise<Current | undefined> {
  try {
    return await current(proxmox, { ...pathOf(item), node });
  } catch (error) {
    if (error instanceof ProxmoxError && error.meaning === "moved") return undefined;
    throw error;
  }
}

/** Whether the guest is where it was to go and does there what it did; `off` when it came and does not. */
export async function arrivalOf(proxmox: Proxmox, item: ItemRow): Promise<"there" | "off" | "elsewhere"> {
  const { target, was } = detailOf(item);
  const found = await on(proxmox, item, target);
  if (!found) return "elsewhere";
  const now = stateOf(found);
  const isUp = now === "running" || (was === "paused" && now === "paused");
  return isUp || (was !== "running" && was !== "paused") ? "there" : "off";
}

export const isThere = async (proxmox: Proxmox, item: ItemRow): Promise<boolean> =>
  (await arrivalOf(proxmox, item)) === "there";

/** Of a disk that stays its own line tells why, and the error that it is in the log. */
const ERROR = /(?:(?:^|\s)ERROR: |(?=can't migrate local (?:disk|volume) '))(.*)$/;

/** Whether a migration holds the guest on the node that it is to leave. */
export async function isLeaving(proxmox: Proxmox, item: ItemRow): Promise<boolean> {
  const { from = item.vm.node } = detailOf(item);
  return (await on(proxmox, item, from))?.lock === "migrate";
}

/** The error lines of a task's log; its exit status says no more than that it was aborted. */
export async function errorsOf(proxmox: Proxmox, text: string | null): Promise<string | undefined> {
  const upid = parseUpid(text);
  if (!upid) return undefined;
  const lines = await taskLog(proxmox, upid, { limit: MOST_LINES });
  const errors = lines.flatMap((line) => ERROR.exec(line)?.[1] ?? []);
  return errors.length > 0 ? errors.join("; ") : undefined;
}

/** What a migration that came to nothing left on the node that the guest was to leave; undefined for nothing. */
export async function leftBy(proxmox: Proxmox, item: ItemRow): Promise<string | undefined> {
  const { from = item.vm.node, was } = detailOf(item);
  const found = await on(proxmox, item, from);
  if (!found) return undefined;
  const tool = item.vm.type === "lxc" ? "pct" : "qm";
  const parts = [
    ...(found.lock === "migrate"
      ? [`it is locked still: on ${from} run: ${tool} unlock ${item.vm.vmid}`]
      : []),
    ...(was === "running" && stateOf(found) === "stopped" ? ["it is off now"] : []),
  ];
  return parts.length > 0 ? parts.join("; ") : undefined;
}
