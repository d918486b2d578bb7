import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import type { FieldError } from "../lib/fault.ts";
import { unsnapshotted, withFormats } from "../disk/index.ts";
import { badInput } from "../lib/issues.ts";
import { underway, type GuestPlan } from "../operation/index.ts";
import { chooseNode, nodes, poolErrors, type Choice, type Node } from "../placement/index.ts";
import { toPlan } from "../plan.ts";
import { safeMode } from "../policy/index.ts";
import { asFault, notOffered, type Options, type Proxmox } from "../proxmox/index.ts";
import { isTaken } from "../vmid/index.ts";
import { unsupportedFormats } from "./create-format.ts";
import { spell, type CreateInput } from "./create-kind.ts";
import { lackingErrors } from "./create-options.ts";
import { sourceRefusal } from "./create-source.ts";
import { casedTags } from "./create-tags.ts";
import { storagesOn } from "./create-place.ts";
import type { Spelled } from "./create-spelled.ts";
import { namedBy } from "./named.ts";
import { presenceOf, type Presence } from "./presence.ts";

/** A plan with what must not be shown. */
export interface CreatePlan extends GuestPlan {
  readonly secret: Options;
  /** Where its disks are written to; a storage of one node alone with that node, `pve1/local`. */
  readonly storages: readonly string[];
}

interface Facts {
  readonly nodes: readonly Node[];
  readonly taken: string | undefined;
  readonly lacking: readonly string[];
  readonly presence: Presence;
}

const MAKING = ["vm.create", "vm.clone", "vm.from-template"];

/** What is on its way to a node is not listed there yet; it is taken to be as large as this one. */
async function withUnderway(ctx: Context, { cluster, memoryBytes }: CreateInput, found: readonly Node[]) {
  const counted = found.map(async (node): Promise<Node> => {
    const coming = await underway(ctx, `${cluster}/${node.name}`, MAKING);
    const promisedBytes = node.promisedBytes + coming * memoryBytes;
    return { ...node, guests: node.guests + coming, promisedBytes };
  });
  return Promise.all(counted);
}

async function learn(proxmox: Proxmox, ctx: Context, input: CreateInput, spelled: Spelled): Promise<Facts> {
  const names = Object.keys({ ...spelled.options, ...spelled.secret }).filter((name) => name !== "pool");
  try {
    const [found, taken, lacking] = await Promise.all([
      nodes(proxmox, { maintenance: input.node === undefined }),
      input.vmid === undefined ? undefined : isTaken(ctx, proxmox, input.vmid),
      notOffered(proxmox, names, input.type),
    ]);
    const loaded = input.node === undefined ? await withUnderway(ctx, input, found) : found;
    const asked = found.filter(({ name }) => (input.node ?? name) === name);
    const [there, noPool] = await Promise.all([
      presenceOf(proxmox, namedBy(input), asked),
      poolErrors(proxmox, input.pool),
    ]);
    const presence = { ...there, errors: [...there.errors, ...noPool] };
    return { nodes: loaded, taken, lacking, presence };
  } catch (error) {
    return asFault(error);
  }
}

/** What names something that the cluster does not have. */
function unknown(input: CreateInput, { named }: Spelled, facts: Facts): FieldError[] {
  const { nodes: found, lacking, presence } = facts;
  const names = found.map(({ name }) => name);
  const storages = new Set(found.flatMap((node) => node.storages.map(({ storage }) => storage)));
  const noNode =
    input.node === undefined || names.includes(input.node)
      ? []
      : [{ pointer: "/node", detail: `is no node of cluster ${input.cluster}; it has ${names.join(", ")}` }];
  const noStorage = named
    .filter(({ storage }) => !storages.has(storage))
    .map(({ pointer, storage }) => ({
      pointer,
      detail: `names storage ${storage}, which the cluster does not have`,
    }));
  const wrong = [...noNode, ...noStorage].map((one) => ({ ...one, code: "invalid" }));
  return [...wrong, ...unsupportedFormats(input, found), ...lackingErrors(lacking), ...presence.errors];
}

function planned(
  input: CreateInput,
  spelled: Spelled,
  { node, candidates, problem }: Choice,
  typeOf: (storage: string) => string | undefined,
) {
  const { cluster, type, vmid = null, name, description = "" } = input;
  const id = `${cluster}/${vmid ?? "new"}`;
  const secret = Object.keys(spelled.secret).length > 0;
  const detail = {
    name,
    node,
    newVmid: vmid,
    description,
    options: spelled.options,
    todo: spelled.todo,
    secret,
    candidates,
  };
  const chosen = input.node === undefined ? `it fits best on ${node}` : `on ${node}, as asked for`;
  const without = unsnapshotted(spelled.options, typeOf);
  const item = {
    vm: { id, name, node },
    action: "vm.create",
    willRun: problem === undefined,
    because: problem?.because ?? [chosen, ...(without === undefined ? [] : [without])].join("; "),
    code: problem?.code ?? null,
    detail: problem ? { candidates } : detail,
  };
  const guest = { id, cluster, vmid: vmid ?? 0, name, node, type };
  return { ...toPlan("vm.create", [item]), tasks: [{ guest, item }], secret: spelled.secret };
}

const takenBy = ({ vmid }: CreateInput, { taken }: Facts) =>
  taken === undefined ? undefined : { code: "vm.exists", because: `VMID ${vmid} is taken, ${taken}` };

/** What creating a guest would do. Policy has nothing to say of a guest that is not there yet but whether the role covers it. */
export async function plan(ctx: Context, input: CreateInput): Promise<CreatePlan> {
  const { ownerTag } = await safeMode(ctx);
  const { errors } = spell(input, ownerTag);
  if (errors.length > 0) throw badInput(errors);
  const proxmox = await Cluster.connect(ctx, input.cluster);
  const spelled = spell({ ...input, tags: await casedTags(proxmox, input.tags) }, ownerTag);
  const facts = await learn(proxmox, ctx, input, spelled);
  const wrong = unknown(input, spelled, facts);
  if (wrong.length > 0) throw badInput(wrong);
  const needs = { ...spelled.needs, things: facts.presence.things };
  const choice = chooseNode(input.node, needs, facts.nodes);
  const storages = storagesOn(facts.nodes, choice.node, spelled);
  const problem = (await sourceRefusal(ctx, input)) ?? takenBy(input, facts) ?? choice.problem;
  const there = facts.nodes.find(({ name }) => name === choice.node)?.storages ?? [];
  const typeOf = (storage: string) => there.find((one) => one.storage === storage)?.type;
  const formed = { ...spelled, options: withFormats(spelled.options, typeOf) };
  return { ...planned(input, formed, { ...choice, ...(problem ? { problem } : {}) }, typeOf), storages };
}
