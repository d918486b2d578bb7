export { classifyTask, type Meaning } from "./classify.ts";
export { proxmoxClient, type Proxmox } from "./client.ts";
export { clusterStatus, resources, version, type ResourceGuest } from "./cluster.ts";
export { ProxmoxError, toFault } from "./error.ts";
export { config, current, power, type GuestPath } from "./guest.ts";
export { deleteSnapshot, snapshots, takeSnapshot, type SnapshotEntry } from "./snapshot.ts";
export { outcome, tasks, taskStatus, type TaskEntry } from "./task.ts";
export { NoAnswer, type Target, type Transport, type WireReply, type WireRequest } from "./transport.ts";
export { parseUpid, type Upid } from "./upid.ts";
