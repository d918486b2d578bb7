import type { Context, Meant } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import { madeAt } from "../lib/id.ts";
import type { Guest } from "../inventory/index.ts";
import type { PlanItem } from "../plan.ts";
import type { Choice, Missing } from "../selector/index.ts";
import { absent } from "./absent.ts";
import type { Chosen } from "./guest-plan.ts";
import type { ItemRow } from "./item.ts";
import type { Task } from "./lay.ts";

type All = NonNullable<Context["meant"]>;

/** When the guest of an item was chosen first: an operation that does items again goes by what was chosen before it. */
export const chosenAt = ({ chosenAt: first, operation }: Pick<ItemRow, "chosenAt" | "operation">): string =>
  first ?? madeAt(operation).toISOString();

/** The guests of items that are done again. */
export const meantBy = (items: readonly ItemRow[]): All =>
  new Map(
    items.map((item): [string, Meant] => {
      const { id, cluster, vmid, name } = item.vm;
      return [id, { cluster, vmid, name, chosenAt: chosenAt(item) }];
    }),
  );

/** Why a guest is not the one that was meant: its VMID belongs to another now. */
export const another = (vm: { readonly id: string; readonly name: string | null }, name: string | null) =>
  name !== null && vm.name !== null && name !== vm.name
    ? `${vm.id} was ${name} and is ${vm.name} now`
    : undefined;

/** An item of a plan, unless its VMID has got another guest since it was meant first. */
export function sameOnly(meant: Context["meant"], item: PlanItem): PlanItem {
  const known = item.vm && meant?.get(item.vm.id);
  const because = item.vm && known && item.willRun ? another(item.vm, known.name) : undefined;
  return because === undefined ? item : { ...item, willRun: false, because, code: "vm.changed" };
}

/** The tasks of which the guests are those that were meant; a single call for another guest is refused. */
export function requireSame({ meant }: Context, tasks: readonly Task[], bulk: boolean): readonly Task[] {
  if (!meant) return tasks;
  return tasks.map((task) => {
    const item = sameOnly(meant, task.item);
    if (item !== task.item && !bulk) throw new Fault("conflict", "vm.changed", item.because);
    return { ...task, item };
  });
}

/** A guest for which something was to be done again, and which the selector does not mean any more. */
function unfit(action: string, { guest, because }: Choice<Guest>): Task {
  const vm = { id: guest.id, name: guest.name, node: guest.node };
  const why = `${guest.id} is not what the selector means any more: ${because}`;
  return { guest, item: { vm, action, willRun: false, because: why, code: "selector.unfit", detail: {} } };
}

/** Who is chosen of those that are meant alone; each of the others says why it is not. Pure. */
export function chosenAgain(
  meant: All,
  choices: readonly Choice<Guest>[],
  { action, mute }: { readonly action: string; readonly mute: readonly string[] },
): { readonly choices: Choice<Guest>[]; readonly absent: Chosen["absent"] } {
  const named = ({ guest }: Choice<Guest>) => meant.has(guest.id) || meant.has(`*/${guest.vmid}`);
  const again = choices.filter(named);
  const there = new Set(again.flatMap(({ guest }) => [guest.id, `*/${guest.vmid}`]));
  const gone = [...meant]
    .filter(([id]) => !there.has(id))
    .map(([, one]): Missing => {
      return one.cluster === "*" ? { vmid: one.vmid } : { vmid: one.vmid, cluster: one.cluster };
    });
  const unmeant = again.filter(({ chosen, unknown }) => !chosen && !unknown);
  return {
    choices: again.filter(({ chosen, unknown }) => chosen || unknown),
    absent: [...gone.map((one) => absent(action, one, mute)), ...unmeant.map((one) => unfit(action, one))],
  };
}
