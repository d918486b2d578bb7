import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import type { FieldError } from "../lib/fault.ts";
import { badInput } from "../lib/issues.ts";
import type { GuestPlan } from "../operation/index.ts";
import { nodes, type Node } from "../placement/index.ts";
import { toPlan } from "../plan.ts";
import { safeMode } from "../policy/index.ts";
import { notOffered, ProxmoxError, toFault, type Options, type Proxmox } from "../proxmox/index.ts";
import { isTaken } from "../vmid/index.ts";
import { spell, type Spelled } from "./create-guest.ts";
import type { CreateInput } from "./create-input.ts";
import { lackingErrors } from "./create-options.ts";
import { chooseNode, storageOf, type Choice } from "./create-place.ts";
import { todosOf } from "./create-todo.ts";

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
}

async function learn(proxmox: Proxmox, ctx: Context, input: CreateInput, spelled: Spelled): Promise<Facts> {
  const names = Object.keys({ ...spelled.options, ...spelled.secret }).filter((name) => name !== "pool");
  try {
    const [found, taken, lacking] = await Promise.all([
      nodes(proxmox, { maintenance: input.node === undefined }),
      input.vmid === undefined ? undefined : isTaken(ctx, proxmox, input.vmid),
      notOffered(proxmox, names),
    ]);
    return { nodes: found, taken, lacking };
  } catch (error) {
    throw error instanceof ProxmoxError ? toFault(error) : error;
  }
}

/** What names something that the cluster does not have. */
function unknown(input: CreateInput, { nodes: found, lacking }: Facts): FieldError[] {
  const names = found.map(({ name }) => name);
  const storages = new Set(found.flatMap((node) => node.storages.map(({ storage }) => storage)));
  const named = [
    ...input.disks.map(({ storage }, at) => ({ pointer: `/disks/${at}/storage`, storage })),
    ...(input.firmware.storage === undefined
      ? []
      : [{ pointer: "/firmware/storage", storage: input.firmware.storage }]),
    ...(input.iso === undefined ? [] : [{ pointer: "/iso", storage: storageOf(input.iso) }]),
  ];
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
  return [...wrong, ...lackingErrors(lacking)];
}

/** The storages that are written to, as those who share them name them. */
function storagesOn(nodes: readonly Node[], node: string, { disks }: CreateInput): string[] {
  const there = nodes.find(({ name }) => name === node)?.storages ?? [];
  const isShared = (storage: string) => there.some((one) => one.storage === storage && one.shared);
  const named = new Set(disks.map(({ storage }) => storage));
  return [...named].map((storage) => (isShared(storage) ? storage : `${node}/${storage}`));
}

function planned(input: CreateInput, spelled: Spelled, { node, candidates, problem }: Choice) {
  const { cluster, vmid = null, name, description = "" } = input;
  const id = `${cluster}/${vmid ?? "new"}`;
  const secret = Object.keys(spelled.secret).length > 0;
  const todo = todosOf(input, spelled.drives);
  const detail = {
    name,
    node,
    newVmid: vmid,
    description,
    options: spelled.options,
    todo,
    secret,
    candidates,
  };
  const chosen = input.node === undefined ? `it fits best on ${node}` : `on ${node}, as asked for`;
  const item = {
    vm: { id, name, node },
    action: "vm.create",
    willRun: problem === undefined,
    because: problem?.because ?? chosen,
    code: problem?.code ?? null,
    detail: problem ? { candidates } : detail,
  };
  const guest = { id, cluster, vmid: vmid ?? 0, name, node, type: "qemu" as const };
  return { ...toPlan("vm.create", [item]), tasks: [{ guest, item }], secret: spelled.secret };
}

/** What creating a VM would do. Policy has nothing to say of a guest that is not there yet but whether the role covers it. */
export async function plan(ctx: Context, input: CreateInput): Promise<CreatePlan> {
  const { ownerTag } = await safeMode(ctx);
  const spelled = spell(input, ownerTag);
  if (spelled.errors.length > 0) throw badInput(spelled.errors);
  const proxmox = await Cluster.connect(ctx, input.cluster);
  const facts = await learn(proxmox, ctx, input, spelled);
  const wrong = unknown(input, facts);
  if (wrong.length > 0) throw badInput(wrong);
  const choice = chooseNode(input, facts.nodes);
  const storages = storagesOn(facts.nodes, choice.node, input);
  if (facts.taken === undefined) return { ...planned(input, spelled, choice), storages };
  const because = `VMID ${input.vmid} is taken, ${facts.taken}`;
  return { ...planned(input, spelled, { ...choice, problem: { code: "vm.exists", because } }), storages };
}
