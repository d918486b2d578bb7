import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import type { Profile } from "../inventory/index.ts";
import * as Policy from "../policy/index.ts";
import { blocked } from "./blocked.ts";
import { lookAt, type Facts, type GuestLook } from "./guest-look.ts";
import { itemKey, type ItemRow } from "./item.ts";
import { verdictOn } from "./judge.ts";
import { isStillLocked } from "./left-lock.ts";
import { another } from "./meant.ts";
import { endEarly } from "./onward.ts";
import { contextOf, type OperationRow } from "./operation.ts";
import { settle } from "./settle.ts";
import { takeGuest, type Doing } from "./take-guest.ts";
import { isOpen, unfit } from "./unfit.ts";

const LOCKED_SECONDS = 10;

/** An item whose intent is stored. `before`: when its request has to be sent, for what allowed it is old afterwards. */
export interface Intended {
  readonly item: ItemRow;
  readonly before?: number;
}

/** What is done, and what policy has not said yet. */
interface Ready extends Doing {
  readonly open: Policy.Question | undefined;
  /** Its guest as it was listed; none where there is none yet. */
  readonly listed: Profile | undefined;
}

/** Stores the intent, under a new fence, before anything is sent. Undefined when another worker did so first. */
async function intend(world: World, item: ItemRow): Promise<ItemRow | undefined> {
  const now = world.clock.now().toISOString();
  const changed = {
    state: "intent" as const,
    fence: item.fence + 1,
    attempts: item.attempts + 1,
    sentAt: now,
    startedAt: item.startedAt ?? now,
    reason: null,
    adopted: false,
    free: false,
    detail: item.detail,
    vm: item.vm,
    decision: item.decision,
    wouldRefuse: item.wouldRefuse,
  };
  const when = { equals: { fence: item.fence, state: "queued" } };
  try {
    await world.store.write([
      { table: "History", update: itemKey(item.operation, item.n), set: changed, when },
    ]);
    return { ...item, ...changed };
  } catch (error) {
    if (error instanceof LostRace) return undefined;
    throw error;
  }
}

/** What policy says of the guest as it is now, and then the selector by which it was chosen. */
function saidOf(operation: OperationRow, item: ItemRow, { effect, open, listed }: Ready, facts: Facts) {
  const guest = { id: item.vm.id, ...facts };
  const { decision, wouldRefuse } = item;
  const said = open ? verdictOn(item, Policy.decide({ ...open, guest })) : { decision, wouldRefuse };
  if ("state" in said || !listed || !isOpen(item, effect)) return said;
  const reason = item.chosenAt === null ? undefined : another({ ...item.vm, name: facts.name }, item.vm.name);
  if (reason !== undefined) return { state: "skipped" as const, code: "vm.changed", reason };
  return unfit(operation, item, listed, facts) ?? said;
}

/** Asks whether it may be done by what the guest is now, with no look that is not made anyway; what may not is ended, and undefined. */
async function permit(
  world: World,
  operation: OperationRow,
  item: ItemRow,
  { ready, look }: { readonly ready: Ready; readonly look: GuestLook },
): Promise<{ item: ItemRow; facts?: Facts } | undefined> {
  const { effect, open, listed } = ready;
  if (!open && (!listed || effect.looks === undefined)) return { item };
  const facts = await look.facts(effect.looks ?? "current");
  const said = saidOf(operation, item, ready, facts);
  if (!("state" in said)) return { item: { ...item, ...said }, ...(open ? { facts } : {}) };
  await endEarly(world, item, effect, said);
  return undefined;
}

/** Puts the request off, skips it or stores that it is to be sent; the item says where its guest is now. */
export async function proceed(
  world: World,
  operation: OperationRow,
  before: ItemRow,
  ready: Ready,
): Promise<Intended | undefined> {
  const { effect } = ready;
  if (!(await takeGuest(world, before, ready))) return undefined;
  const proxmox = await Cluster.connect(world, before.vm.cluster);
  if (await isStillLocked(proxmox, before)) {
    await blocked(world, before, effect, { reason: before.reason ?? "", delaySeconds: LOCKED_SECONDS });
    return undefined;
  }
  const look = lookAt(world, proxmox, before);
  const permitted = await permit(world, operation, before, { ready, look });
  if (!permitted) return undefined;
  const { item, facts } = permitted;
  const ctx = contextOf(world, operation);
  const skip = await effect.check?.(ctx, proxmox, item, look);
  if (skip) {
    await settle(world, item, { state: "skipped", ...skip });
    return undefined;
  }
  const chosen = await effect.prepare?.(ctx, proxmox, item, look);
  const wanted = { ...item, detail: { ...item.detail, ...chosen } };
  const intended = await intend(world, { ...wanted, vm: effect.guest?.(wanted) ?? item.vm });
  return intended && { item: intended, ...(facts ? { before: facts.before } : {}) };
}
