import * as Audit from "../audit/index.ts";
import type { World } from "../context.ts";
import type { Change } from "../db/index.ts";
import { clip } from "../lib/clip.ts";
import { isRefusal } from "../policy/index.ts";
import { itemKey, type ItemRow } from "./item.ts";
import type { Final } from "./counts.ts";
import { contextOf, type OperationRow } from "./operation.ts";

/** How an item ended, and what to keep with it. */
export interface Ending {
  readonly state: Final;
  readonly reason?: string;
  readonly code?: string;
  readonly upid?: string | undefined;
  readonly warnings?: readonly string[];
  readonly result?: Readonly<Record<string, unknown>>;
  readonly changes?: readonly Change[];
  /** What its row keeps of its detail from now on, where that is less. */
  readonly detail?: Readonly<Record<string, unknown>>;
  /** How long its task took, where Proxmox told. */
  readonly seconds?: number;
}

/** An item, as it was read, with how it ended. */
export interface Ended {
  readonly item: ItemRow;
  readonly ending: Ending;
}

/** How an item ends whose action this version does not know; what was asked for by another may have been done. */
export const unsupported = ({ action, state }: ItemRow): Ending => ({
  state: state === "queued" ? "failed" : "unknown",
  code: "operation.unsupported",
  reason: `no way to do ${action}`,
});

/** Characters of a reason, and of a warning, and warnings, that are kept: Proxmox may say any number of them. */
export const MOST_REASON = 4000;
const MOST_WARNING = 1000;
const MOST_WARNINGS = 50;

/** Warnings as they are kept. */
export function toldWarnings(warnings: readonly string[]): string[] {
  const kept = warnings.slice(0, MOST_WARNINGS).map((warning) => clip(warning, MOST_WARNING));
  const more = warnings.length - kept.length;
  return more > 0 ? [...kept, `and ${more} more warnings`] : kept;
}

/** The change that ends an item, if it is still as it was read. */
export function itemChange(world: World, { item, ending }: Ended): Change {
  const failed = ending.state === "failed" || ending.state === "unknown";
  const code = ending.code ?? (failed ? "operation.failed" : undefined);
  const set = {
    state: ending.state,
    // The guest that its audit row names, which a step may have found or made.
    vm: item.vm,
    finishedAt: world.clock.now().toISOString(),
    upid: ending.upid ?? item.upid,
    reason: ending.reason === undefined ? null : clip(ending.reason, MOST_REASON),
    error: code === undefined ? null : { code, detail: clip(ending.reason ?? "", MOST_REASON) },
    warnings: toldWarnings(ending.warnings ?? []),
    ...(ending.detail === undefined ? {} : { detail: ending.detail }),
    ...(ending.result === undefined ? {} : { result: ending.result }),
  };
  const when = { equals: { fence: item.fence, state: item.state } };
  return { table: "History", update: itemKey(item.operation, item.n), set, when };
}

/** The audit row of an item's end. */
export function auditOf(world: World, operation: OperationRow, { item, ending }: Ended): Audit.Draft {
  return Audit.draft(contextOf(world, operation), {
    action: item.action,
    target: item.vm.id,
    outcome: ending.state,
    decision: isRefusal(ending.code) ? "refused" : item.decision,
    wouldRefuse: item.wouldRefuse,
    reason: clip(ending.reason ?? "", MOST_REASON),
    operation: item.operation,
    upid: ending.upid ?? item.upid ?? undefined,
  });
}

/** Tells the log how an item ended. */
export function logEnding(world: World, { item, ending }: Ended): void {
  const { operation, n, vm, action } = item;
  const { state, reason, upid } = ending;
  world.log.info("item", { operation, n, vm: vm.id, action, state, reason, upid: upid ?? item.upid });
}
