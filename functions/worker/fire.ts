import * as Job from "../../core/job/index.ts";
import { consume } from "../http/consume.ts";
import { proxmox } from "../http/needs/proxmox.ts";
import { queue } from "../http/needs/queue.ts";

/** Runs a job whose schedule has fired. */
export const worker = consume([proxmox, queue], (world, message) => Job.fire(world, message));

export const handler = worker();
