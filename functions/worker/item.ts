import * as Operation from "../../core/operation/index.ts";
import { effects } from "../../core/work/index.ts";
import { consume } from "../http/consume.ts";
import { proxmox } from "../http/needs/proxmox.ts";
import { queue } from "../http/needs/queue.ts";
import { sealing } from "../http/needs/sealing.ts";

/** Does one item: the only function that writes to Proxmox. */
export const worker = consume([proxmox, queue, sealing], (world, message) =>
  Operation.work(world, message, effects),
);

export const handler = worker();
