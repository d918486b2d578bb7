import * as Operation from "../../core/operation/index.ts";
import { consume } from "../http/consume.ts";
import { proxmox } from "../http/needs/proxmox.ts";
import { queue } from "../http/needs/queue.ts";

/** Writes the items of a large operation and starts the first ones. */
export const worker = consume([proxmox, queue], (world, message) => Operation.expand(world, message));

export const handler = worker();
