import * as z from "zod";
import { statusOf, type Profile } from "../inventory/index.ts";
import { select, Selection } from "../selector/index.ts";
import type { Effect } from "./effect.ts";
import type { Ending } from "./ending.ts";
import type { Facts } from "./guest-look.ts";
import type { ItemRow } from "./item.ts";
import { nodeOf } from "./message.ts";
import type { OperationRow } from "./operation.ts";

const Chosen = z.object({ select: Selection });

/** What stands in for a secret in an input that is kept. */
export const REDACTED = "[redacted]";

const read = new WeakMap<OperationRow, Selection | null>();

/** The selector of a bulk call; null where none was kept as it was given. */
function selectorOf(operation: OperationRow): Selection | null {
  const known = read.get(operation);
  if (known !== undefined) return known;
  const given = operation.bulk ? Chosen.safeParse(operation.input).data?.select : undefined;
  const selector = given === undefined || JSON.stringify(given).includes(REDACTED) ? null : given;
  read.set(operation, selector);
  return selector;
}

/** Whether an item has changed its guest already. */
const hasBegun = ({ step, attempts }: ItemRow) => step > 0 || attempts > 0;

/** Whether it is still open what becomes of an item: of one that has to be brought to its end the selector is not asked. */
export const isOpen = (item: ItemRow, { severable, leaves }: Pick<Effect, "severable" | "leaves">): boolean =>
  item.step === 0 || severable === true || leaves?.(item) !== undefined;

/**
 * The guest as a selector sees it: what the look tells, and of the rest what was listed. An item that has begun may have
 * moved or stopped its guest itself, so where that is and what it does counts as it was when it was chosen.
 */
function seen(item: ItemRow, { pool, unknown }: Profile, facts: Facts) {
  const { cluster, vmid, type, node } = item.vm;
  const { name, tags, template, status, lock } = facts;
  const begun = hasBegun(item);
  return {
    cluster,
    vmid,
    type,
    name,
    tags,
    template,
    pool,
    node: begun ? nodeOf(item.lane) : node,
    status: begun || status === undefined ? ("unknown" as const) : statusOf({ status, lock }),
    unknown: unknown?.includes("pool") ? (["pool"] as const) : undefined,
  };
}

/** How an item ends whose guest is, by a look at it, none of those that its selector means; undefined for any other. */
export function unfit(
  operation: OperationRow,
  item: ItemRow,
  listed: Profile,
  facts: Facts,
): Ending | undefined {
  const selector = selectorOf(operation);
  const [choice] = selector ? select(selector, [seen(item, listed, facts)]).choices : [];
  // What nobody can tell now was told when the guest was chosen.
  if (!choice || choice.chosen || choice.unknown) return undefined;
  const reason = `${item.vm.id} is not what the selector means any more: ${choice.because}`;
  return { state: "skipped", code: "selector.unfit", reason };
}
