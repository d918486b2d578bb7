import type { World } from "../context.ts";
import { blocked } from "./blocked.ts";
import { locks, type Effect, type Effects } from "./effect.ts";
import { elderOf } from "./elder.ts";
import { lockGuest } from "./guest-lock.ts";
import { holderOf, type ItemRow } from "./item.ts";

const LOCKED_SECONDS = 5;
/** So often an item waits with its slot for an older one whose message may just be late. */
const FRESH = 3;

/** What is done to the item's guest, and what else can be. */
export interface Doing {
  readonly effect: Effect;
  readonly effects: Effects;
}

/** Takes the item's guest, or puts the item off: false then. */
export async function takeGuest(world: World, item: ItemRow, { effect, effects }: Doing): Promise<boolean> {
  if (!locks(effect, item)) return true;
  let elder: ItemRow | undefined;
  const find = async () => {
    elder = item.step === 0 ? await elderOf(world, item, effects) : undefined;
    return elder && holderOf(elder);
  };
  const other = await lockGuest(world, item.vm.id, holderOf(item), find);
  if (other === undefined) return true;
  const isNext = elder !== undefined && holderOf(elder) === other;
  if (isNext && item.fence < FRESH) {
    const reason = `an older change of ${item.vm.id} comes first (${other})`;
    await blocked(world, item, effect, { reason, delaySeconds: item.fence + 1, keepsSlot: true });
    return false;
  }
  const reason = `another change of ${item.vm.id} is under way (${other})`;
  await blocked(world, item, effect, { reason, delaySeconds: LOCKED_SECONDS });
  return false;
}
