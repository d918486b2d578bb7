import * as z from "zod";
import type { Guest } from "../inventory/index.ts";
import type { ItemRow } from "../operation/index.ts";
import { MigrateShape, type Manner } from "./input.ts";

/** What an item knows of its migration. */
const Detail = z.object({
  ...MigrateShape,
  target: z.string(),
  timeout: z.number().optional(),
  /** `follow` is a look at what the HA manager does, which answers before it has begun. */
  step: z.enum(["migrate", "follow"]).default("migrate"),
  /** Where it was, what it did there, and when Proxmox was asked. */
  from: z.string().optional(),
  was: z.string().optional(),
  askedAt: z.string().optional(),
  /** What the manager was seen to do. */
  motion: z.enum(["waiting", "there", "failed"]).optional(),
  seen: z.string().optional(),
});
type Detail = z.infer<typeof Detail>;

/** What an item knows of its migration. */
export const detailOf = (item: ItemRow): Detail => Detail.parse(item.detail);

/** What a plan says of one guest. A container that is off is not restarted, and should it run by then it is left alone. */
export function planned(guest: Guest, manner: Manner, target: string): Record<string, unknown> {
  const { targetStorage, withLocalDisks, restart, timeout, bandwidthBytes } = manner;
  const restarts = isRestarted(guest, { restart });
  return {
    target,
    withLocalDisks,
    restart: restarts,
    ...(targetStorage === undefined ? {} : { targetStorage }),
    ...(restarts && timeout !== undefined ? { timeout } : {}),
    ...(bandwidthBytes === undefined ? {} : { bandwidthBytes }),
  };
}

/** Whether a migration interrupts what a guest does. */
export const isRestarted = (guest: Pick<Guest, "type" | "status">, { restart }: Pick<Manner, "restart">) =>
  guest.type === "lxc" && guest.status !== "stopped" && restart;
