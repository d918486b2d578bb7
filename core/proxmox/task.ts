import * as z from "zod";
import type { Proxmox } from "./client.ts";
import type { Upid } from "./upid.ts";

const Entry = z.object({
  upid: z.string(),
  type: z.string(),
  id: z.string().optional(),
  starttime: z.coerce.number(),
  endtime: z.coerce.number().optional(),
  status: z.string().optional(),
});

/** A task as a node lists it. `status` is the exit status once `endtime` is there, and RUNNING before. */
export type TaskEntry = z.infer<typeof Entry>;

/** Tasks of a node that started at `since` or later, running ones included. */
export const tasks = (
  proxmox: Proxmox,
  node: string,
  wanted: { since: Date; vmid?: number; limit?: number },
) =>
  proxmox.call(
    {
      method: "GET",
      path: "/nodes/{node}/tasks",
      at: { node },
      params: {
        source: "all",
        since: Math.floor(wanted.since.getTime() / 1000),
        limit: wanted.limit ?? 1500,
        vmid: wanted.vmid,
      },
    },
    z.array(Entry),
  );

const Status = z.object({ status: z.string(), exitstatus: z.string().optional() });

/** One task by its UPID, asked of the node that ran it. */
export const taskStatus = (proxmox: Proxmox, upid: Upid) =>
  proxmox.call(
    { method: "GET", path: "/nodes/{node}/tasks/{upid}/status", at: { node: upid.node, upid: upid.text } },
    Status,
  );

/** How a task ended: `WARNINGS: n` is success with warnings, anything else but OK is an error. */
export function outcome(exit: string): { readonly ok: boolean; readonly warnings: readonly string[] } {
  if (exit === "OK") return { ok: true, warnings: [] };
  if (/^WARNINGS: \d+$/.test(exit)) return { ok: true, warnings: [exit] };
  return { ok: false, warnings: [] };
}
