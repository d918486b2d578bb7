import * as Auth from "../auth/index.ts";
import type { Actor, World } from "../context.ts";
import { locate, type Profile } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import * as Policy from "../policy/index.ts";
import type { Effect } from "./effect.ts";
import type { Ending } from "./ending.ts";
import type { ItemRow } from "./item.ts";
import { loadOperation, type OperationRow } from "./operation.ts";
import { checkReach } from "./reach.ts";

/** What is begun is brought to its end after the deadline too, but not for ever. */
export const GRACE_SECONDS = 3600;

type Doing = Pick<Effect, "action" | "makes" | "guest" | "severable" | "leaves" | "follows">;

/** Why an item is not begun any more. What has been read of the operation may be a moment old; a mark on the item is not. */
function over(
  world: World,
  operation: OperationRow,
  item: ItemRow,
  { severable }: Doing,
): Ending | undefined {
  const age = (world.clock.now().getTime() - Date.parse(operation.createdAt)) / 1000;
  const { deadlineSeconds } = operation.limits;
  if (item.step > 0 && severable !== true) {
    if (age <= deadlineSeconds + GRACE_SECONDS) return undefined;
    const reason = `the deadline of ${deadlineSeconds} s passed after step ${item.step}: ${item.reason ?? "it could not go on"}`;
    return { state: "failed", code: "operation.deadline", reason };
  }
  const stop = operation.stop ?? (item.haltAt === null ? null : "the operation was cancelled");
  if (stop !== null) return { state: "cancelled", code: "operation.stopped", reason: stop };
  if (age <= deadlineSeconds) return undefined;
  const reason = `the deadline of ${deadlineSeconds} s has passed`;
  return { state: "failed", code: "operation.deadline", reason };
}

/**
 * Why an item is left before a step that takes something away: its operation was cancelled, and what runs is to be stopped.
 * The operation is read as it is now, since the step cannot be taken back.
 */
async function left(world: World, item: ItemRow, { leaves }: Doing): Promise<Ending | undefined> {
  if (item.step === 0 || leaves?.(item) === undefined) return undefined;
  const now = await loadOperation(world, item.operation);
  if (now?.stopRunning !== true && item.haltAt === null) return undefined;
  return {
    state: "cancelled",
    code: "operation.stopped",
    reason: now?.stop ?? "the operation was cancelled",
  };
}

const forbidden = ({ actor }: OperationRow): Ending => ({
  state: "skipped",
  code: "auth.forbidden",
  reason: `the key with which ${actor.id} acts was taken back or has expired`,
});

/** The guest that policy is asked about; none where the item makes one. */
async function guestOf(world: World, item: ItemRow, effect: Doing) {
  const { cluster, vmid } = item.vm;
  // What the item itself has made is where it was made, until an attempt has failed; no rule is about it.
  const made = item.detail["own"] === true && effect.guest !== undefined && item.attempts === 0;
  if (effect.makes?.(item) === true || made) return undefined;
  return locate(world, cluster, vmid, item.movedAt === null ? undefined : new Date(item.movedAt));
}

/** Who acts, with the rights that are left; undefined for nobody any more. What is begun is brought to its end. */
const actorOf = (world: World, { actor }: OperationRow, { step }: ItemRow): Promise<Actor | undefined> =>
  step > 0 ? Promise.resolve(actor) : Auth.present(world, actor);

/** What policy has to know of how it is done. */
const mannerOf = ({ bulk, override, jobId, kind }: OperationRow, item: ItemRow, { action }: Doing) => ({
  action,
  detail: item.detail,
  bulk,
  override,
  own: item.detail["own"] === true,
  maintenance: jobId !== null && kind === "bulk.power",
});

/** What is known of an item that may be begun: where its guest is, and what policy said. */
type Judged = Pick<ItemRow, "decision" | "wouldRefuse"> & {
  readonly node: string;
  /** Its guest as it was listed. */
  readonly listed?: Profile;
  /** What policy still has to be asked, with the tags that the guest has when it is looked at. */
  readonly open?: Policy.Question;
};

/** How policy's answer stands with the item; or how the item ends by it. */
export function verdictOn(item: ItemRow, verdict: Policy.Verdict): Ending | Omit<Judged, "node" | "listed"> {
  const { code, reason, wouldRefuse = false } = verdict;
  if (verdict.decision === "refused") return { state: "skipped", code, reason };
  // An item that began by an override stays one, whatever its next steps need.
  const decision = item.step > 0 && verdict.decision === "allowed" ? item.decision : verdict.decision;
  return { decision, wouldRefuse };
}

/** What policy says now, of a guest that is where it is listed; what depends on tags stays open. */
async function asked(
  world: World,
  operation: OperationRow,
  item: ItemRow,
  { actor, effect }: { readonly actor: Actor; readonly effect: Doing },
): Promise<Ending | Judged> {
  const { decision, wouldRefuse } = item;
  const guest = await guestOf(world, item, effect);
  const safeMode = await Policy.recallSafeMode(world);
  const question = { actor, safeMode, ...mannerOf(operation, item, effect) };
  const open = guest !== undefined && Policy.dependsOnTags(question);
  const said = verdictOn(item, Policy.decide(guest && !open ? { ...question, guest } : question));
  if ("state" in said) return said;
  // Of a guest that is not there yet, or not any more, the plan has said all that policy has to say.
  if (!guest) return { decision, wouldRefuse, node: item.vm.node };
  const known = { node: guest.node, listed: guest };
  return open ? { decision, wouldRefuse, ...known, open: question } : { ...said, ...known };
}

/**
 * Policy is asked again when an item starts: much may have changed since it was planned, the node too. What depends on
 * the guest's tags stays open: they are those of a look at the guest, and never what was listed.
 */
export async function judge(
  world: World,
  operation: OperationRow,
  item: ItemRow,
  effect: Doing,
): Promise<Ending | Judged> {
  const { decision, wouldRefuse } = item;
  if (effect.follows?.(item) === true) return { decision, wouldRefuse, node: item.vm.node };
  const ending = over(world, operation, item, effect) ?? (await left(world, item, effect));
  if (ending) return ending;
  await checkReach(world, item);
  const actor = await actorOf(world, operation, item);
  if (!actor) return forbidden(operation);
  try {
    return await asked(world, operation, item, { actor, effect });
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "vm.missing") throw error;
    return { state: "skipped", code: "vm.missing", reason: error.message };
  }
}
