import * as Snapshot from "../../core/snapshot/index.ts";
import { onTimer } from "../http/consume.ts";
import { proxmox } from "../http/needs/proxmox.ts";
import { queue } from "../http/needs/queue.ts";

/** Deletes the snapshots whose time to live has passed. */
export const timer = onTimer([proxmox, queue], Snapshot.expire);

export const handler = timer();
