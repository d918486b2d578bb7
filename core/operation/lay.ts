import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import type { PlanItem } from "../plan.ts";
import type { Verdict } from "../policy/index.ts";
import type { ItemRow } from "./item.ts";

/** One guest of a plan, beside what the plan says of it. */
export interface Task {
  readonly guest: Pick<Guest, "id" | "cluster" | "vmid" | "name" | "node" | "type"> &
    Partial<Pick<Guest, "lock">>;
  readonly item: PlanItem;
  readonly verdict?: Verdict;
}

/** Items in their order and the lanes that they make: the runs of one node stand together, what is left out comes last. */
export interface Laid {
  readonly items: readonly Omit<ItemRow, "operation">[];
  readonly lanes: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  readonly runs: number;
}

const laneOf = (guest: Task["guest"]) => `${guest.cluster}/${guest.node}`;

const toItem =
  (meant: Context["meant"]) =>
  (task: Task, n: number): Omit<ItemRow, "operation"> => {
    const { guest, item, verdict } = task;
    const { id, cluster, vmid, name, node, type } = guest;
    return {
      n,
      action: item.action,
      lane: laneOf(guest),
      vm: { id, cluster, vmid, name, node, type },
      chosenAt: meant?.get(id)?.chosenAt ?? null,
      detail: item.detail,
      decision: verdict?.decision === "override" ? "override" : "allowed",
      wouldRefuse: verdict?.wouldRefuse ?? false,
      state: item.willRun ? "queued" : "skipped",
      fence: 0,
      attempts: 0,
      blockedAt: null,
      aloneSince: null,
      movedAt: null,
      dueAt: null,
      free: false,
      adopted: false,
      step: 0,
      haltAt: null,
      halted: false,
      sentAt: null,
      startedAt: null,
      finishedAt: null,
      upid: null,
      reason: item.willRun ? null : item.because,
      error: item.willRun || item.code === null ? null : { code: item.code, detail: item.because },
      warnings: [],
      result: null,
    };
  };

/** Puts the guests of a plan in the order in which they are numbered. Pure. */
export function lay(tasks: readonly Task[], meant?: Context["meant"]): Laid {
  const lanes = Map.groupBy(
    tasks.filter((task) => task.item.willRun),
    (task) => laneOf(task.guest),
  );
  const names = [...lanes.keys()].toSorted();
  const ordered = [
    ...names.flatMap((name) => lanes.get(name) ?? []),
    ...tasks.filter((one) => !one.item.willRun),
  ];
  let from = 0;
  const ranges = names.map((name) => {
    const to = from + (lanes.get(name)?.length ?? 0);
    const range = { name, from, to };
    from = to;
    return range;
  });
  return { items: ordered.map(toItem(meant)), lanes: ranges, runs: from };
}
