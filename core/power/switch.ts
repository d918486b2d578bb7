import * as z from "zod";
import { find, type Guest } from "../inventory/index.ts";
import { ClusterId, Vmid } from "../lib/field.ts";
import { accept, Operation, planGuests, RateControl, toLimits, type GuestPlan } from "../operation/index.ts";
import { verb } from "../verb.ts";
import { statusOf } from "./status.ts";

const Input = z.strictObject({
  cluster: ClusterId,
  vmid: Vmid,
  force: z.boolean().default(false),
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
});

type Action = "vm.start" | "vm.stop";

/** Why a guest is left as it is, or undefined. */
function needless(action: Action, guest: Guest): { code: string; because: string } | undefined {
  if (guest.template) return { code: "vm.template", because: `${guest.id} is a template` };
  const already = action === "vm.start" ? "running" : "stopped";
  return guest.status === already
    ? { code: `vm.${already}`, because: `${guest.id} is ${already} already` }
    : undefined;
}

/** What would be done to a guest whose state is known at this moment. */
const propose = (action: Action) => (guest: Guest) => {
  const reason = needless(action, guest);
  return reason
    ? { run: false as const, ...reason }
    : { run: true as const, because: `${guest.id} is ${guest.status}` };
};

function switching(action: Action) {
  return verb<typeof Input, typeof Operation, GuestPlan>({
    action,
    effect: "write",
    tracked: true,
    single: true,
    input: Input,
    output: Operation,
    target: (input) => `${input.cluster}/${input.vmid}`,
    async plan(ctx, input) {
      const listed = await find(ctx, input.cluster, input.vmid, true);
      const guest = { ...listed, status: await statusOf(ctx, listed) };
      const intent = { kind: action, action, bulk: false, force: input.force, propose: propose(action) };
      return planGuests(ctx, intent, { guests: [guest], absent: [], others: [] });
    },
    run: (ctx, input, plan) =>
      accept(ctx, {
        kind: action,
        action,
        tasks: plan.tasks,
        target: `${input.cluster}/${input.vmid}`,
        input,
        bulk: false,
        force: input.force,
        limits: toLimits(input, 1),
      }),
  });
}

/** Starts one guest. */
export const start = switching("vm.start");

/** Stops one guest at once, as by pulling the plug. */
export const stop = switching("vm.stop");
