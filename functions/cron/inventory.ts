import * as Inventory from "../../core/inventory/index.ts";
import { onTimer } from "../http/consume.ts";
import { queue } from "../http/needs/queue.ts";

/** Has every cluster asked for its guests. */
export const timer = onTimer([queue], Inventory.begin);

export const handler = timer();
