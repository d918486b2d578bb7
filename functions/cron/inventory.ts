import * as Inventory from "../../core/inventory/index.ts";
import { onTimer } from "../http/consume.ts";
import { proxmox } from "../http/needs/proxmox.ts";
import { queue } from "../http/needs/queue.ts";

/** Asks every cluster for its guests. */
export const timer = onTimer([proxmox, queue], Inventory.pollAll);

export const handler = timer();
