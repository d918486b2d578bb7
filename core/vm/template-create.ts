import { accept, Operation, toLimits } from "../operation/index.ts";
import { verb } from "../verb.ts";
import { ACTIONS } from "./actions.ts";
import { poolsOf } from "./clone-pool.ts";
import { sealedAlong } from "./secret.ts";
import { TemplateInput } from "./template-input.ts";
import { plan, type TemplatePlan } from "./template-plan.ts";

const ACTION = ACTIONS["from-template"];
const targetOf = ({ template }: TemplateInput) => `${template.cluster}/${template.vmid}`;

/** Makes a new guest out of a template: a copy, its cloud-init, its disks grown, started and looked after until it is ready. */
export const fromTemplate = verb<typeof TemplateInput, typeof Operation, TemplatePlan>({
  action: ACTION.name,
  effect: "write",
  tracked: true,
  single: true,
  input: TemplateInput,
  output: Operation,
  target: targetOf,
  plan,
  run: (ctx, input, { tasks, storages, secret }) =>
    accept(ctx, {
      kind: ACTION.name,
      action: ACTION,
      tasks,
      target: targetOf(input),
      input,
      bulk: false,
      override: false,
      limits: toLimits(input, 1),
      pools: poolsOf(input.template, storages),
      ...sealedAlong(ctx, secret, input.deadline),
    }),
});
