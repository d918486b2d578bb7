import * as z from "zod";
import { classOfTask } from "./classify.ts";
import type { Proxmox } from "./client.ts";
import { ask } from "./request.ts";
import type { Upid } from "./upid.ts";
import { fields, numeric } from "./wire.ts";

const Entry = fields<"GET /nodes/{node}/tasks">()({
  upid: z.string(),
  type: z.string(),
  id: z.string().optional(),
  starttime: numeric,
  endtime: numeric.optional(),
  status: z.string().optional(),
});

const ClusterEntry = fields<"GET /cluster/tasks">()({
  upid: z.string(),
  endtime: numeric.optional(),
  status: z.string().optional(),
});

/** A task as the cluster lists it; node, guest and begin are in its UPID. */
export type ClusterEntry = z.infer<typeof ClusterEntry>;

/** A task as a node lists it. `status` is the exit status once `endtime` is there, and RUNNING before. */
export type TaskEntry = z.infer<typeof Entry>;

/** Tasks of a node that started at `since` or later, running ones included. A task of several guests has no vmid. */
export const tasks = (
  proxmox: Proxmox,
  node: string,
  wanted: { since: Date; vmid?: number; limit?: number; type?: string },
) =>
  proxmox.call(
    ask(
      "GET /nodes/{node}/tasks",
      { node },
      {
        source: "all",
        since: Math.floor(wanted.since.getTime() / 1000),
        limit: wanted.limit ?? 1500,
        vmid: wanted.vmid,
        typefilter: wanted.type,
      },
    ),
    z.array(Entry),
  );

/** What runs on a node at this moment: of everybody where the credential may see that, of its own user otherwise. */
export const runningTasks = (proxmox: Proxmox, node: string) =>
  proxmox.call(ask("GET /nodes/{node}/tasks", { node }, { source: "active", limit: 1500 }), z.array(Entry));

/**
 * What runs anywhere in the cluster, and some of what each node has finished lately. It may leave tasks out (25 a node,
 * 32 KiB a node, all of them for a token that may not see them), so what it does not name proves nothing.
 */
export const clusterTasks = (proxmox: Proxmox) =>
  proxmox.call(ask("GET /cluster/tasks", {}), z.array(ClusterEntry));

const Status = fields<"GET /nodes/{node}/tasks/{upid}/status">()({
  status: z.string(),
  starttime: numeric,
  exitstatus: z.string().optional(),
});

/** One task by its UPID, asked of the node that ran it. */
export const taskStatus = (proxmox: Proxmox, upid: Upid) =>
  proxmox.call(ask("GET /nodes/{node}/tasks/{upid}/status", { node: upid.node, upid: upid.text }), Status);

/** Asks a task to stop: it is ended, by force after 5 s, and what it held may stay locked. One that has ended stays as it is. */
export const stopTask = (proxmox: Proxmox, upid: Upid) =>
  proxmox.call(ask("DELETE /nodes/{node}/tasks/{upid}", { node: upid.node, upid: upid.text }), z.null());

interface Outcome {
  readonly result: "ok" | "warnings" | "failed" | "unknown";
  /** Whether it did what was asked: with warnings it did. */
  readonly ok: boolean;
  readonly warnings: readonly string[];
}

/** How a task ended: `WARNINGS: n` is success with warnings; no status, or one that tells nothing, is unknown. */
export function outcome(exit: string | undefined): Outcome {
  if (exit === "OK") return { result: "ok", ok: true, warnings: [] };
  if (exit === undefined) return { result: "unknown", ok: false, warnings: [] };
  if (/^WARNINGS: \d+$/.test(exit)) return { result: "warnings", ok: true, warnings: [exit] };
  const untold = ["A", "U", "Q"].includes(classOfTask(exit));
  return { result: untold ? "unknown" : "failed", ok: false, warnings: [] };
}
