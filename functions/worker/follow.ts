import * as Operation from "../../core/operation/index.ts";
import { effects } from "../../core/work/index.ts";
import { consume } from "../http/consume.ts";
import { proxmox } from "../http/needs/proxmox.ts";
import { queue } from "../http/needs/queue.ts";

/** Looks after the running tasks of one node. */
export const worker = consume([proxmox, queue], (world, message) =>
  Operation.follow(world, message, effects),
);

export const handler = worker();
