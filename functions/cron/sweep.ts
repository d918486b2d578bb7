import * as Operation from "../../core/operation/index.ts";
import { onTimer } from "../http/consume.ts";
import { proxmox } from "../http/needs/proxmox.ts";
import { queue } from "../http/needs/queue.ts";

/** Revives what lost messages and dead workers left. */
export const timer = onTimer([proxmox, queue], Operation.sweep);

export const handler = timer();
