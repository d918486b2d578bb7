import type { World } from "../context.ts";
import type { Effect } from "./effect.ts";
import type { Ending } from "./ending.ts";
import type { ItemRow } from "./item.ts";
import { requeue } from "./requeue.ts";
import { settle } from "./settle.ts";

function nextStep(item: ItemRow, effect: Effect, ending: Ending): Record<string, unknown> | undefined {
  if (ending.state === "succeeded") return effect.next?.(item);
  const undone = ending.state === "failed" || ending.state === "cancelled";
  return undone ? effect.undo?.(item, ending) : undefined;
}

/**
 * What comes after a step of an item: its end, or "again" when another step follows, with its slot kept. A step is sent
 * like a whole item: intent first, and never twice while nothing is known.
 */
export async function onward(
  world: World,
  item: ItemRow,
  effect: Effect,
  ending: Ending,
): Promise<Ending | "again"> {
  const detail = nextStep(item, effect, ending);
  if (detail === undefined) return ending;
  const warnings = [...(ending.warnings ?? item.warnings)];
  const wait = effect.wait?.({ ...item, detail });
  const reason = wait?.reason ?? ending.reason ?? "its next step follows";
  await requeue(world, { ...item, detail, warnings }, reason, {
    delaySeconds: wait?.seconds ?? 0,
    attempts: 0,
    step: item.step + 1,
    keepsSlot: wait === undefined || wait.keepsSlot === true,
  });
  return "again";
}

/** Ends an item, unless another step follows. */
export async function endOrGoOn(world: World, item: ItemRow, effect: Effect, ending: Ending): Promise<void> {
  const next = await onward(world, item, effect, ending);
  if (next !== "again") await settle(world, item, next);
}

/** What its steps have done so far; of a step that was tried and has to be tried again nothing is known yet. */
function doneSoFar(item: ItemRow, effect: Effect): Pick<Ending, "result" | "changes"> {
  if (item.step === 0 || (item.attempts > 0 && effect.made?.(item) !== true)) return {};
  const result = effect.result?.(item);
  return { changes: effect.settled?.(item) ?? [], ...(result ? { result } : {}) };
}

/** How an item ends that may not go on. One with steps behind it was not just skipped: it has failed. */
function early(item: ItemRow, effect: Effect, ending: Ending): Ending {
  const gone = ending.code === "vm.missing" && !effect.undo;
  const skipped = ending.state === "skipped" && item.step > 0 && !gone;
  const left = gone ? undefined : effect.leaves?.(item);
  const reason = left === undefined ? {} : { reason: [ending.reason, left].filter(Boolean).join("; ") };
  return { ...ending, ...(skipped ? { state: "failed" } : {}), ...reason, ...doneSoFar(item, effect) };
}

/** Ends an item that may not go on, and undoes what it made; after its deadline that is only told. */
export async function endEarly(world: World, item: ItemRow, effect: Effect, ending: Ending): Promise<void> {
  const last = early(item, effect, ending);
  const isOver = ending.code === "operation.deadline";
  // Nothing more is asked of Proxmox, but what is missing is told.
  const missing = isOver && item.step > 0 ? effect.undo?.(item, last) : undefined;
  const told = missing && effect.ends?.({ ...item, detail: missing });
  if (item.step === 0 || isOver) await settle(world, item, { ...last, ...told });
  else await endOrGoOn(world, item, effect, last);
}
