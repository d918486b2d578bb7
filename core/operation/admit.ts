import type { Context, World } from "../context.ts";
import { LIMITS, sizeOf } from "../db/index.ts";
import { fits } from "../idempotency/index.ts";
import { Fault } from "../lib/fault.ts";
import type { Order } from "./accept.ts";
import { lockedBy } from "./guest-lock.ts";
import type { Laid } from "./lay.ts";

/** What the row of an operation or of an item takes beside what a caller has given, and what is added to it later. */
const ROOM_BYTES = 60_000;
/** The counts of a lane, once it is closed. */
const COUNTS_BYTES = 80;

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

function tooLarge(input: unknown, what: string): Fault {
  const pointer = typeof input === "object" && input !== null && "select" in input ? "/select" : "";
  const detail = `is more than can be kept of one operation: ${what}`;
  const errors = [{ pointer, code: "too_big", detail }];
  return new Fault("invalid", "request.invalid", `${pointer || "The request"} ${detail}.`, { errors });
}

/** An operation keeps the input that made it and how far each node is, and an item its plan, in rows that DynamoDB takes. */
function refuseLarge(input: unknown, laid: Laid): void {
  if (!fits(input)) throw tooLarge(input, "300 kB at most");
  const given = sizeOf({ input: JSON.parse(JSON.stringify(input ?? null)) });
  const lanes = laid.lanes.reduce((sum, { name }) => sum + 2 * name.length + COUNTS_BYTES, 0);
  if (given + lanes + ROOM_BYTES > LIMITS.row)
    throw tooLarge(input, `with ${laid.lanes.length} nodes there is room for less`);
  const large = laid.items.find((item) => sizeOf(item) + ROOM_BYTES > LIMITS.row);
  if (large) throw tooLarge(input, `what is to be done to ${large.vm.id} alone takes more`);
}

/** What stands in the way of an order beside its plan. */
export async function admit(ctx: Context, order: Order, laid: Laid): Promise<void> {
  refuseLarge(ctx.given ?? order.input, laid);
  await refuseLocked(ctx, order);
}
