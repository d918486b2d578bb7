import { pathOf, type ItemRow } from "../operation/index.ts";
import { current, parseUpid, ProxmoxError, taskLog, type Proxmox } from "../proxmox/index.ts";
import { detailOf } from "./detail.ts";

/** The tasks that move a guest themselves. */
export const OWN = ["qmigrate", "vzmigrate"];
/** A live migration logs a line each second. */
const MOST_LINES = 5000;

/** Whether the guest is where it was to go, and runs there if it ran. */
export async function isThere(proxmox: Proxmox, item: ItemRow): Promise<boolean> {
  const { target, ran } = detailOf(item);
  try {
    const { status } = await current(proxmox, { ...pathOf(item), node: target });
    return !ran || status === "running";
  } catch (error) {
    if (error instanceof ProxmoxError && error.meaning === "moved") return false;
    throw error;
  }
}

/** The error lines of a task's log; its exit status says no more than that it was aborted. */
export async function errorsOf(proxmox: Proxmox, text: string | null): Promise<string | undefined> {
  const upid = parseUpid(text);
  if (!upid) return undefined;
  const lines = await taskLog(proxmox, upid, { limit: MOST_LINES });
  const errors = lines.flatMap((line) => /(?:^|\s)ERROR: (.*)$/.exec(line)?.[1] ?? []);
  return errors.length > 0 ? errors.join("; ") : undefined;
}
