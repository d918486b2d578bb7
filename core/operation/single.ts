import type * as z from "zod";
import { verb } from "../verb.ts";
import { accept } from "./accept.ts";
import type { GuestPlan } from "./guest-plan.ts";
import type { Pool } from "./operation.ts";
import { toLimits } from "./rate-control.ts";
import { planSingle, targetOf, type Proposing, type Target } from "./single-plan.ts";
import { Operation } from "./view.ts";

/** What the input of every change of one guest says beside what is to be changed. */
interface Change extends Target {
  readonly lockWait?: number | undefined;
  readonly deadline?: number | undefined;
}

/** A change of one guest. */
interface Definition<In extends z.ZodType<Change>> extends Proposing<z.output<In>> {
  readonly input: In;
  readonly pools?: readonly Pool[];
}

/** A verb that changes one guest, which is looked up in Proxmox itself. */
export function single<In extends z.ZodType<Change>>(definition: Definition<In>) {
  const { action, input } = definition;
  return verb<In, typeof Operation, GuestPlan>({
    action: action.name,
    effect: "write",
    tracked: true,
    single: true,
    input,
    output: Operation,
    target: targetOf,
    plan: (ctx, given) => planSingle(definition, ctx, given),
    run: (ctx, given, { tasks }) =>
      accept(ctx, {
        kind: action.name,
        action,
        tasks,
        target: targetOf(given),
        input: given,
        bulk: false,
        override: given.override,
        limits: toLimits(given, 1),
        ...(definition.pools ? { pools: definition.pools } : {}),
      }),
  });
}
