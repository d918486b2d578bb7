import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import { badInput } from "../lib/issues.ts";
import { accept, Operation, toLimits, type GuestPlan } from "../operation/index.ts";
import { toPlan } from "../plan.ts";
import * as Policy from "../policy/index.ts";
import { asFault } from "../proxmox/index.ts";
import { poolErrors } from "../placement/index.ts";
import { verb } from "../verb.ts";
import { ACTIONS, COPY } from "./actions.ts";
import { RestoreInput } from "./restore-input.ts";
import { kindOf } from "./backup.ts";
import { layOut } from "./restore-disks.ts";
import { copiedGuest } from "./restore-source.ts";
import { learn, nodeOf, obstacle, type RestoreFacts } from "./restore-place.ts";

const { restore: ACTION } = ACTIONS;

/** What the item has to know; what is left out is Proxmox's own default. */
const detailOf = (input: RestoreInput, { there, original, disks }: RestoreFacts, node: string) => ({
  volid: input.volid,
  newVmid: input.vmid ?? null,
  node,
  ...layOut(input, disks),
  pool: input.pool ?? null,
  unique: input.unique ?? input.vmid !== original,
  replaces: there !== undefined,
  bandwidthBytes: input.bandwidthBytes ?? null,
  start: input.start,
});

function proposal(input: RestoreInput, facts: RestoreFacts, verdict: Policy.Verdict, ownerTag: string) {
  const node = nodeOf(input, facts);
  const { there } = facts;
  const id = `${input.cluster}/${input.vmid ?? "new"}`;
  const name = there?.name ?? facts.source?.name ?? null;
  const refused =
    verdict.decision === "refused" ? { code: verdict.code, because: verdict.reason } : undefined;
  const problem = refused ?? obstacle(input, facts, node);
  const base = { vm: { id, name, node }, action: ACTION.name };
  if (problem) return { ...base, willRun: false, ...problem, detail: {} };
  const detail = { ...detailOf(input, facts, node), ownerTag };
  const then = detail.moves.map(({ disk, storage }) => `; then ${disk} goes on to ${storage}`).join("");
  const done = `${input.volid} becomes ${id} on ${node}${there ? ", in place of what is there" : ""}${then}`;
  const because =
    verdict.decision === "override" || verdict.wouldRefuse ? `${done}; ${verdict.reason}` : done;
  return { ...base, willRun: true, because, code: null, detail };
}

/** What policy says of the guest that is replaced, and of the copy that is made of another. */
async function judge(
  ctx: Context,
  { override }: RestoreInput,
  facts: RestoreFacts,
  safeMode: Policy.SafeMode,
) {
  const { there, found, source } = facts;
  const asked = { actor: ctx.actor, safeMode, bulk: false, override };
  const replacing = { ...asked, action: ACTION, detail: { replaces: there !== undefined } };
  const first = there ? { ...replacing, guest: there } : replacing;
  // Where the owner tag means nothing, nobody has to know whose a backup is.
  if (safeMode.mode === "off") return Policy.decide(first);
  return Policy.decideAll(first, { ...asked, action: COPY, guest: await copiedGuest(ctx, found, source) });
}

async function plan(ctx: Context, input: RestoreInput): Promise<GuestPlan> {
  const noPool = await poolErrors(await Cluster.connect(ctx, input.cluster), input.pool).catch(asFault);
  if (noPool.length > 0) throw badInput(noPool);
  const facts = await learn(ctx, input);
  const safeMode = await Policy.safeMode(ctx);
  const verdict = await judge(ctx, input, facts, safeMode);
  const item = proposal(input, facts, verdict, safeMode.ownerTag);
  const target = {
    ...item.vm,
    cluster: input.cluster,
    vmid: input.vmid ?? 0,
    type: kindOf(input.volid),
  } as const;
  return { ...toPlan(ACTION.name, [item]), tasks: [{ guest: target, item, verdict }] };
}

/** Makes a guest out of a backup: a new one, or by force in place of one that is stopped. */
export const restoreBackup = verb<typeof RestoreInput, typeof Operation, GuestPlan>({
  action: ACTION.name,
  effect: "write",
  tracked: true,
  single: true,
  input: RestoreInput,
  output: Operation,
  target: (input) => `${input.cluster}/${input.vmid ?? "new"}`,
  plan,
  run: (ctx, input, { tasks }) =>
    accept(ctx, {
      kind: ACTION.name,
      action: ACTION,
      tasks,
      target: `${input.cluster}/${input.vmid ?? "new"}`,
      input,
      bulk: false,
      override: input.override,
      limits: toLimits(input, 1),
      pools: [{ name: "restore#{lane}", size: 2 }],
    }),
});
