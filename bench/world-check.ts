import { ok } from "node:assert/strict";
import * as z from "zod";
import { OperationRow } from "../core/operation/operation.ts";
import { checkHistory } from "../test/kit/history.ts";
import { checkOperation, itemsOf } from "../test/kit/invariants.ts";
import { checkLeaks } from "../test/kit/leaks.ts";
import { deletionsOf } from "../test/kit/truth.ts";
import { holderOf, type ItemRow } from "../core/operation/item.ts";
import { checkFirings } from "./world-jobs.ts";
import { checkInterruptions } from "./world-retagging.ts";
import { checkRestores } from "./world-restores.ts";
import { SKEW_MS } from "./world-skew.ts";
import type { Stage } from "./world-stage.ts";

const Given = z.object({ vmid: z.coerce.number() });

const HOUR = 3_600_000;
/** A request that was sent before the deadline may be settled so long after it. */
const SLACK_MS = HOUR;

const operationsOf = ({ store }: Stage) =>
  store
    .dump()
    .filter(({ row }) => row.sk === "operation")
    .map(({ row }) => OperationRow.parse(row));

/** I1: every operation has ended in time. */
function checkDeadlines(operations: readonly OperationRow[]): void {
  for (const { id, createdAt, finishedAt, limits } of operations) {
    const late = Date.parse(finishedAt ?? "") - Date.parse(createdAt) - limits.deadlineSeconds * 1000;
    ok(late < SLACK_MS, `I1: ${id} ended ${late} ms after its deadline`);
  }
}

/** I9: requests are in proportion to the work and to the time that it took. */
function checkBudget({ simulator, clock, begun }: Stage, items: number): void {
  const { requests } = simulator.counters().total;
  const minutes = (clock.now().getTime() - begun) / 60_000;
  const most = 60 + 20 * items + 6 * minutes;
  ok(requests <= most, `I9: ${requests} requests for ${items} items in ${Math.round(minutes)} minutes`);
}

function secretsOf({ simulator, admin, world }: Stage): string[] {
  return [simulator.token.split("=")[1] ?? "", admin, admin.slice(-40), world.settings.pepper];
}

/** What others did to the guests of an operation. */
function besideOf(world: Stage, all: readonly ItemRow[]) {
  const deletions = all.filter(({ action }) => action === "snapshot.delete");
  const removals = Map.groupBy(
    deletions.flatMap((item) => deletionsOf(item).all.map((name) => ({ item, name }))),
    ({ item, name }) => `${item.vm.vmid}/${name}`,
  );
  // One that failed before there was a guest has given its VMID back.
  const restores = all.filter(
    ({ action, state, detail }) =>
      action === "backup.restore" && (state !== "failed" || (detail["step"] ?? "restore") !== "restore"),
  );
  return {
    lost: (vmid: number) => world.lost.has(vmid) || world.replaced.has(vmid),
    removed: (snapshot: string, item: ItemRow) =>
      removals.get(snapshot)?.some((one) => holderOf(one.item) !== holderOf(item)) === true,
    restored: new Set(restores.map(({ vm }) => vm.vmid)),
  };
}

/** Holds a world that has come to rest to I1–I9 of the reliability page. */
export async function check(world: Stage): Promise<void> {
  const operations = operationsOf(world);
  checkDeadlines(operations);
  const all = await Promise.all(operations.map(({ id }) => itemsOf(world, id)));
  const beside = besideOf(world, all.flat());
  const isOdd = (vmid: number) => beside.lost(vmid) || world.shaken.has(vmid);
  const items: ItemRow[] = [];
  for (const { id } of operations) items.push(...(await checkOperation(world, id, beside)));
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  checkHistory(
    { tasks: world.ownTasks(), items, switched: world.switched, moved: world.moved },
    {
      ...(world.hazards.has("skew") ? { skewMs: SKEW_MS } : {}),
      nodeCap: world.world.settings.nodeCap,
      isOdd,
      isAstray: (vmid) => world.astray.has(vmid),
      isUndone: (item) => world.undone.has(holderOf(item)),
      isTemplate: (vmid) => world.templates.has(Number(vmid)),
      limitOf: (id) => byId.get(id)?.limits.maxConcurrency ?? null,
      acceptedAt: (id) => Date.parse(byId.get(id)?.createdAt ?? ""),
      sourceOf: ({ action, operation, vm }) =>
        action === "vm.clone" ? Given.parse(byId.get(operation)?.input).vmid : vm.vmid,
    },
  );
  checkLeaks(secretsOf(world), {
    log: world.lines.join("\n"),
    tables: JSON.stringify(world.store.dump()),
    queues: JSON.stringify(world.back.deeds.filter(({ port }) => port === "send")),
    answers: world.answers.join("\n"),
  });
  checkRestores(world, items);
  checkFirings(world);
  checkInterruptions(world);
  checkBudget(world, items.length);
}
