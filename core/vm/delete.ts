import * as z from "zod";
import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { Flag } from "../lib/field.ts";
import {
  bulkOrder,
  chooseGuests,
  planGuests,
  RateControl,
  several,
  single,
  type GuestPlan,
} from "../operation/index.ts";
import { config, current, toTexts } from "../proxmox/index.ts";
import { Selection } from "../selector/index.ts";
import { ACTIONS } from "./actions.ts";
import { foreignTo, volumesOf } from "../disk/index.ts";
import { keptBecause } from "./destroying.ts";
import { TARGET } from "./target.ts";

/** What goes with a guest; `force` stops one that runs. */
const HOW = {
  purge: Flag.default(false),
  destroyUnreferencedDisks: Flag.default(false),
  force: Flag.default(false),
};

/** Deletes one guest with its disks. */
export const remove = single({
  action: ACTIONS.delete,
  input: z.strictObject({ ...TARGET, ...HOW }),
  async propose({ guest, proxmox }, { purge, destroyUnreferencedDisks, force }) {
    const detail = { purge, destroyUnreferencedDisks, force };
    const facts = {
      id: guest.id,
      kept: await config(proxmox, guest),
      now: await current(proxmox, guest),
    };
    const reason = keptBecause(facts, detail);
    if (reason) return { run: false, code: reason.code, because: reason.reason };
    const stay = foreignTo(guest.vmid, volumesOf(toTexts(facts.kept))).map(
      ({ volid, owner }) => `${volid} of guest ${owner}`,
    );
    const but = stay.length > 0 ? `, without ${stay.join(", ")}` : "";
    return { run: true, because: `${guest.id} is ${guest.status}, and is deleted for good${but}`, detail };
  },
});

const BulkInput = z.strictObject({ select: Selection, ...HOW, ...RateControl });
type BulkInput = z.infer<typeof BulkInput>;

/** Whether it is protected, runs or is HA's is looked at when its turn comes: what is known of it here is old. */
const propose =
  (ctx: Context, { purge, destroyUnreferencedDisks, force }: BulkInput) =>
  (guest: Guest) => {
    const detail = { purge, destroyUnreferencedDisks, force };
    // A dry run has nothing but the listing to tell by.
    if (ctx.dryRun && !force && guest.status === "running") {
      const because = `${guest.id} is running; with force it is stopped first`;
      return { run: false as const, code: "vm.running", because };
    }
    const because = `${guest.id} was ${guest.status} when it was last seen, and is deleted for good`;
    return { run: true as const, because, detail };
  };

async function plan(ctx: Context, input: BulkInput): Promise<GuestPlan> {
  const chosen = await chooseGuests(ctx, ACTIONS.delete, input.select);
  const intent = { kind: "bulk.delete", action: ACTIONS.delete, bulk: true, override: false };
  return planGuests(ctx, { ...intent, propose: propose(ctx, input) }, chosen);
}

/** Deletes every guest that the selector chooses. */
export const removeAll = several({
  action: "bulk.delete",
  permission: () => ACTIONS.delete.name,
  input: BulkInput,
  plan,
  toOrder: (_, input, planned) => bulkOrder(ACTIONS.delete, input, planned),
});
