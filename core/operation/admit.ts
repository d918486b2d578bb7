import type { Context, World } from "../context.ts";
import { fits } from "../idempotency/index.ts";
import { Fault } from "../lib/fault.ts";
import type { Order } from "./accept.ts";
import { lockedBy } from "./guest-lock.ts";

/** By whom a guest is held at this moment, Proxmox's own locks first. */
async function holderNow(world: World, { id, lock }: Order["tasks"][number]["guest"]) {
  if (lock) return `Proxmox (${lock})`;
  const holder = await lockedBy(world, id);
  return holder === undefined ? undefined : `another change (${holder})`;
}

/** A single call that waits for no lock at all is refused at once where its guest is locked: 423 `vm.locked`. */
async function refuseLocked(world: World, { bulk, limits, tasks }: Order): Promise<void> {
  if (bulk || limits?.lockWaitSeconds !== 0) return;
  for (const { guest } of tasks) {
    const holder = await holderNow(world, guest);
    if (holder !== undefined)
      throw new Fault("locked", "vm.locked", `${guest.id} is locked by ${holder}, and lockWait is 0.`);
  }
}

/** What stands in the way of an order beside its plan. An operation keeps the input that made it, in a row that DynamoDB takes. */
export async function admit(ctx: Context, order: Order): Promise<void> {
  if (!fits(ctx.given ?? order.input))
    throw new Fault(
      "invalid",
      "request.invalid",
      "The request names more than an operation keeps: 300 kB at most.",
    );
  await refuseLocked(ctx, order);
}
