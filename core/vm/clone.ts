import type { Context } from "../context.ts";
import { find, type Guest } from "../inventory/index.ts";
import { badInput } from "../lib/issues.ts";
import { accept, Operation, planGuests, toLimits, type GuestPlan } from "../operation/index.ts";
import { safeMode } from "../policy/index.ts";
import { listed } from "../lib/list.ts";
import { verb } from "../verb.ts";
import { ACTIONS } from "./actions.ts";
import { learn, type Config, type Facts } from "./clone-facts.ts";
import { CloneInput, complaintsOf, isFull } from "./clone-input.ts";
import { toTexts } from "../proxmox/index.ts";
import { copiedWithout, formatOf, type Obstacle } from "./clone-place.ts";
import { poolsOf, storagesOf } from "./clone-pool.ts";
import type { CloneDetail } from "./cloning.ts";
import type { Todo } from "./create-detail.ts";

const { clone: ACTION } = ACTIONS;

/** Why nothing is copied, or undefined. */
function obstacle(input: CloneInput, source: Guest, facts: Facts): Obstacle | undefined {
  const { id } = source;
  if (!isFull(input, source) && !source.template)
    return { code: "vm.not-template", because: `${id} is no template, and only those can be linked to` };
  if (!facts.copied)
    return { code: "snapshot.missing", because: `${id} has no snapshot ${input.snapshot ?? ""}` };
  if (facts.nodes.some(({ name, online }) => name === input.node && !online))
    return { code: "node.offline", because: `node ${input.node ?? ""} is offline` };
  if (facts.unfit) return facts.unfit;
  const running = source.type === "lxc" && source.status === "running" && input.snapshot === undefined;
  if (running && isFull(input, source))
    return {
      code: "vm.running",
      because: `${id} is a container and runs, and only a snapshot of it can be copied`,
    };
  if (facts.taken === undefined) return undefined;
  return { code: "vm.exists", because: `VMID ${input.newVmid ?? ""} is taken, ${facts.taken}` };
}

const detailOf = (input: CloneInput, source: Guest, { notes, copied, onto }: Facts): CloneDetail => ({
  template: source.template,
  newVmid: input.newVmid ?? null,
  name: input.name ?? null,
  node: input.node ?? source.node,
  full: isFull(input, source),
  storage: input.storage ?? null,
  format: formatOf(source, toTexts(copied ?? {}), {
    full: isFull(input, source),
    format: input.format,
    onto,
  }),
  pool: input.pool ?? null,
  snapshot: input.snapshot ?? null,
  description: input.description ?? notes,
});

/** A copy has the tags of its source; what was made here is ours, and carries the owner tag too. */
async function claim(ctx: Context, copied: Config): Promise<Todo[]> {
  const { ownerTag } = await safeMode(ctx);
  const text = copied["tags"];
  const tags = listed(typeof text === "string" ? text : undefined);
  if (tags.includes(ownerTag)) return [];
  return [{ step: "configure", set: { tags: [...tags, ownerTag].join(";") }, spare: true }];
}

/** What a clone would do, onto which storages, and the configuration that is copied. */
export interface ClonePlan extends GuestPlan {
  readonly storages: readonly string[];
  readonly copied: Config;
}

/** Plans a clone. */
export async function planClone(ctx: Context, input: CloneInput): Promise<ClonePlan> {
  const source = await find(ctx, input.cluster, input.vmid, true);
  const facts = await learn(ctx, input, source);
  const wrong = complaintsOf(
    input,
    source,
    facts.nodes.map(({ name }) => name),
  );
  const all = [...wrong, ...facts.pool];
  if (all.length > 0) throw badInput(all);
  const todo = await claim(ctx, facts.copied ?? {});
  const propose = () => {
    const reason = obstacle(input, source, facts);
    if (reason) return { run: false as const, ...reason };
    const detail = detailOf(input, source, facts);
    const without = copiedWithout(source, toTexts(facts.copied ?? {}), { ...detail, onto: facts.onto });
    const is = `${source.id} is ${source.template ? "a template" : source.status}`;
    const because = without === undefined ? is : `${is}; ${without}`;
    return { run: true as const, because, detail: { ...detail, todo } };
  };
  const intent = { kind: ACTION.name, action: ACTION, bulk: false, override: input.override, propose };
  const chosen = { guests: [source], absent: [], others: [] };
  const storages = input.storage === undefined ? storagesOf(facts.copied ?? {}) : [input.storage];
  return { ...(await planGuests(ctx, intent, chosen)), storages, copied: facts.copied ?? {} };
}

/** Copies a guest or a template into a new guest, which is left stopped. */
export const clone = verb<typeof CloneInput, typeof Operation, ClonePlan>({
  action: ACTION.name,
  effect: "write",
  tracked: true,
  single: true,
  input: CloneInput,
  output: Operation,
  target: (input) => `${input.cluster}/${input.vmid}`,
  plan: planClone,
  run: (ctx, input, { tasks, storages }) =>
    accept(ctx, {
      kind: ACTION.name,
      action: ACTION,
      tasks,
      target: `${input.cluster}/${input.vmid}`,
      input,
      bulk: false,
      override: input.override,
      limits: toLimits(input, 1),
      pools: poolsOf(input, storages),
    }),
});
