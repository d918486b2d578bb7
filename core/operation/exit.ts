import type { World } from "../context.ts";
import { parseUpid, ProxmoxError, taskStatus, type Proxmox } from "../proxmox/index.ts";
import type { ItemRow } from "./item.ts";
import type { Seen } from "./sight.ts";

/** A task may be missing from every list right after it began. */
const NEWBORN_MS = 10_000;

/** How long ago an item was sent, in milliseconds. */
export const ageMs = (world: World, item: ItemRow) =>
  world.clock.now().getTime() - Date.parse(item.sentAt ?? "");

/** How the task ended; undefined while it runs. The list may have lost it: then it is asked for by its UPID. */
export async function exitOf(
  world: World,
  proxmox: Proxmox,
  item: ItemRow,
  entry: Seen | undefined,
): Promise<string | undefined> {
  if (entry) return entry.endtime === undefined ? undefined : (entry.status ?? "unexpected status");
  const upid = parseUpid(item.upid);
  if (!upid || ageMs(world, item) < NEWBORN_MS) return undefined;
  try {
    const status = await taskStatus(proxmox, upid);
    return status.status === "running" ? undefined : (status.exitstatus ?? "unexpected status");
  } catch (error) {
    if (error instanceof ProxmoxError && error.refusal.status === 400) return "unexpected status";
    throw error;
  }
}

/** The code of a task that failed. */
export const codeOfExit = (exit: string) => (/got timeout$/m.test(exit) ? "task.timeout" : "task.failed");

/** How long the task took; unknown where no list told. */
export const secondsOf = (entry: Seen | undefined) =>
  entry?.endtime === undefined ? {} : { seconds: Math.max(0, entry.endtime - entry.starttime) };
