import * as Inventory from "../../core/inventory/index.ts";
import { consume } from "../http/consume.ts";
import { proxmox } from "../http/needs/proxmox.ts";

/** Asks one cluster for its guests. */
export const worker = consume([proxmox], (world, message) => Inventory.list(world, message));

export const handler = worker();
