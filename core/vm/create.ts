import type { Context } from "../context.ts";
import { accept, Operation, toLimits } from "../operation/index.ts";
import { verb } from "../verb.ts";
import { ACTIONS } from "./actions.ts";
import { storagePools } from "./clone-pool.ts";
import { CreateInput } from "./create-kind.ts";
import { plan, type CreatePlan } from "./create-plan.ts";
import { sealedAlong } from "./secret.ts";

function order(ctx: Context, input: CreateInput, planned: CreatePlan) {
  return accept(ctx, {
    kind: ACTIONS.create.name,
    action: ACTIONS.create,
    tasks: planned.tasks,
    target: `${input.cluster}/${input.vmid ?? "new"}`,
    input,
    bulk: false,
    override: false,
    limits: toLimits(input, 1),
    pools: storagePools(input.cluster, planned.storages),
    ...sealedAlong(ctx, planned.secret, input.deadline),
  });
}

/** Makes a new VM or container. */
export const create = verb<typeof CreateInput, typeof Operation, CreatePlan>({
  action: ACTIONS.create.name,
  effect: "write",
  tracked: true,
  single: true,
  input: CreateInput,
  output: Operation,
  target: (input) => `${input.cluster}/${input.vmid ?? "new"}`,
  plan,
  run: order,
});
