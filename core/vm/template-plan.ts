import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import { badInput } from "../lib/issues.ts";
import type { GuestPlan, Task } from "../operation/index.ts";
import { toPlan } from "../plan.ts";
import { safeMode } from "../policy/index.ts";
import { asFault, notOffered, type Options, toTexts } from "../proxmox/index.ts";
import { planClone } from "./clone.ts";
import { cloudInitOptions } from "./cloud-init-options.ts";
import { casedTags } from "./create-tags.ts";
import { lackingErrors } from "./create-options.ts";
import type { Todo } from "./create-detail.ts";
import { namedBy } from "./named.ts";
import { presenceOf } from "./presence.ts";
import type { TemplateInput } from "./template-input.ts";
import { errorsOf, setOf, todosOf } from "./template-set.ts";

/** A plan with what must not be shown. */
export interface TemplatePlan extends GuestPlan {
  readonly secret: Options;
  readonly storages: readonly string[];
}

function checkCluster({ cluster, template }: TemplateInput): void {
  if (template.cluster === cluster) return;
  const detail = `is of cluster ${template.cluster}, and guests cannot be copied between clusters`;
  throw badInput([{ pointer: "/template", code: "invalid", detail }]);
}

/** What the copy is to have beside its template has to be there where it goes. */
async function checkPresence(ctx: Context, input: TemplateInput, node: string): Promise<void> {
  const proxmox = await Cluster.connect(ctx, input.cluster);
  const { errors } = await presenceOf(proxmox, namedBy(input), [{ name: node, online: true, storages: [] }]);
  if (errors.length > 0) throw badInput(errors);
}

async function checkVersion(ctx: Context, cluster: string, names: readonly string[]): Promise<void> {
  try {
    const lacking = await notOffered(await Cluster.connect(ctx, cluster), names);
    if (lacking.length > 0) throw badInput(lackingErrors(lacking));
  } catch (error) {
    return asFault(error);
  }
}

/** The copy of the template, as far as it is asked for. */
function cloneOf(input: TemplateInput) {
  const { cluster, template, vmid: newVmid, name, node, full, storage, format, pool, description } = input;
  return {
    cluster,
    vmid: template.vmid,
    name,
    override: false,
    ...(newVmid === undefined ? {} : { newVmid }),
    ...(node === undefined ? {} : { node }),
    ...(full === undefined ? {} : { full }),
    ...(storage === undefined ? {} : { storage }),
    ...(format === undefined ? {} : { format }),
    ...(pool === undefined ? {} : { pool }),
    ...(description === undefined ? {} : { description }),
  };
}

/** The task of a clone with all that follows; only a template is made a guest of. */
function withTodos(task: Task, birth: { readonly todo: readonly Todo[]; readonly secret: boolean }): Task {
  const { item, guest } = task;
  if (!item.willRun) return { ...task, item: { ...item, action: "vm.from-template", detail: {} } };
  if (item.detail["template"] === true)
    return { ...task, item: { ...item, action: "vm.from-template", detail: { ...item.detail, ...birth } } };
  const none = { willRun: false, code: "vm.not-template", because: `${guest.id} is no template` };
  return { ...task, item: { ...item, ...none, action: "vm.from-template", detail: {} } };
}

/** What a guest out of a template would be: the plan of its clone, and what follows it. */
export async function plan(ctx: Context, input: TemplateInput): Promise<TemplatePlan> {
  checkCluster(input);
  const cloned = await planClone(ctx, cloneOf(input));
  const texts = toTexts(cloned.copied);
  const wrong = errorsOf(input, texts);
  if (wrong.length > 0) throw badInput(wrong);
  const { ownerTag } = await safeMode(ctx);
  const { open, secret, gone } = cloudInitOptions(input.cloudInit ?? {}, texts);
  const tags = await casedTags(await Cluster.connect(ctx, input.cluster), input.tags);
  const set = setOf({ ...input, tags }, ownerTag, open);
  await checkVersion(ctx, input.cluster, Object.keys(set));
  const [copy] = cloned.tasks;
  if (copy) await checkPresence(ctx, input, input.node ?? copy.guest.node);
  const hidden = Object.keys(secret).length > 0;
  const birth = { todo: todosOf(input, texts, { set, remove: [...gone], secret: hidden }), secret: hidden };
  const tasks = cloned.tasks.map((task) => withTodos(task, birth));
  const items = tasks.map(({ item }) => item);
  return { ...toPlan("vm.from-template", items), tasks, secret, storages: cloned.storages };
}
