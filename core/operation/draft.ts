import type { World } from "../context.ts";
import type { Reading } from "../db/index.ts";
import { candidates } from "./choose.ts";
import { serve, type Wanted } from "./claim.ts";
import type { Ended } from "./ending.ts";
import { holderOf } from "./item.ts";
import { hasMore, laneKey, loadLane, operationOf, tenantOf, type LaneRow } from "./lane.ts";
import { learn } from "./learnt.ts";
import { recallOperation, type OperationRow } from "./operation.ts";
import type { Claim, NodeRow, Running } from "./node.ts";
import { ON_THE_WAY_MS, ready, type Ready } from "./ready.ts";

/** What a turn of a node starts from. */
export interface Wish {
  readonly endings: readonly Ended[];
  readonly freed: readonly string[];
  /** Who waits here no more, since its guest has moved away. */
  readonly left?: readonly string[] | undefined;
  readonly wants?: Wanted | undefined;
  readonly begun?: ReadonlyMap<string, number> | undefined;
}

/** A lane as it was read and as it will be; `name` says of which node. */
export interface LaneStep {
  readonly name: string;
  readonly before: LaneRow;
  readonly next: LaneRow;
}

/** All that one turn would write. */
export interface Draft {
  readonly next: NodeRow;
  readonly lanes: readonly LaneStep[];
  readonly endings: readonly Ended[];
  readonly operations: ReadonlyMap<string, OperationRow>;
  readonly ready: Ready;
  /** Those in line that have got a slot. */
  readonly called: readonly Claim[];
  /** Whether the one that wanted a slot has one. */
  readonly granted: boolean;
  /** Whether something waits here without running. */
  readonly more: boolean;
}

const MOST_SERVED = 50;

function keepers(node: NodeRow, wish: Wish): Running[] {
  const gone = new Set([...wish.freed, ...wish.endings.map(({ item }) => holderOf(item))]);
  const list = node.running.filter(({ holder }) => !gone.has(holder));
  return list.map((one) => ({ ...one, start: wish.begun?.get(one.holder) ?? one.start }));
}

function learnt(node: NodeRow, endings: readonly Ended[]): NodeRow["learnt"] {
  const known = { ...node.learnt };
  for (const { item, ending } of endings)
    if (ending.seconds !== undefined) known[item.action] = learn(known[item.action], ending.seconds);
  return known;
}

async function operationsOf(world: World, endings: readonly Ended[]): Promise<Map<string, OperationRow>> {
  const ids = [...new Set(endings.map(({ item }) => item.operation))];
  const found = await Promise.all(ids.map((id) => recallOperation(world, id)));
  return new Map(found.filter((row) => row !== undefined).map((row) => [row.id, row]));
}

/** Counts the ends in their lanes. A lane of another node is read for it. */
async function counted(
  world: World,
  steps: Map<string, LaneStep>,
  endings: readonly Ended[],
  operations: ReadonlyMap<string, OperationRow>,
): Promise<Ended[]> {
  const done: Ended[] = [];
  for (const one of endings) {
    const { item, ending } = one;
    const operation = operations.get(item.operation);
    if (!operation) continue;
    const { pk, sk } = laneKey(item.lane, operation);
    const step = steps.get(`${pk} ${sk}`);
    const row = step?.next ?? (await loadLane(world, item.lane, operation));
    if (!row) continue;
    const next = { ...row, [ending.state]: row[ending.state] + 1 };
    steps.set(`${pk} ${sk}`, { name: item.lane, before: step?.before ?? row, next });
    done.push(one);
  }
  return done;
}

function servedBy(node: NodeRow, lanes: readonly LaneRow[]): NodeRow["served"] {
  const served = new Map(Object.entries(node.served));
  for (const lane of lanes) {
    served.delete(tenantOf(lane));
    served.set(tenantOf(lane), operationOf(lane));
  }
  return Object.fromEntries([...served].slice(-MOST_SERVED));
}

/** Who has a slot and who waits in line for one, before anything new is started. */
function slotsOf({ settings, clock }: World, before: NodeRow, wish: Wish) {
  const over = new Set(wish.endings.map(({ item }) => holderOf(item)));
  const gone = new Set([...over, ...(wish.left ?? [])]);
  const claims = before.claims.filter(({ holder }) => !gone.has(holder));
  const start = clock.now().getTime() + ON_THE_WAY_MS;
  return serve({ running: keepers(before, wish), claims }, wish.wants, { cap: settings.nodeCap, start });
}

/** Whether something waits here without running, beside lanes of which nothing more is started. */
function waitsHere(lanes: readonly LaneRow[], { blocked, stopped }: Ready, running: readonly Running[]) {
  const over = new Set(stopped.map(({ lane }) => lane.sk));
  const waits = lanes.some((lane) => hasMore(lane) && !over.has(lane.sk));
  return blocked.length > 0 || (waits && running.length === 0);
}

/** Works out one turn of a node. It writes nothing but the pools that the starts need. */
export async function drafted(
  world: World,
  lane: string,
  before: NodeRow,
  { wish, how }: { readonly wish: Wish; readonly how: Reading },
): Promise<Draft> {
  const [{ lanes, crowded }, operations] = await Promise.all([
    candidates(world, lane, before, how),
    operationsOf(world, wish.endings),
  ]);
  const steps = new Map(
    lanes.map((row): [string, LaneStep] => [`${row.pk} ${row.sk}`, { name: lane, before: row, next: row }]),
  );
  const endings = await counted(world, steps, wish.endings, operations);
  const { called, granted, claims, running: list } = slotsOf(world, before, wish);
  const mine = [...steps.values()].filter((step) => step.name === lane).map((step) => step.next);
  const start = await ready(world, mine, list);
  for (const row of start.lanes) {
    const step = steps.get(`${row.pk} ${row.sk}`);
    if (step) steps.set(`${row.pk} ${row.sk}`, { ...step, next: row });
  }
  const running = [...list, ...start.starts];
  const served = crowded ? servedBy(before, [...start.blocked, ...start.lanes]) : {};
  return {
    next: { ...before, running, claims: [...claims], learnt: learnt(before, endings), served },
    lanes: [...steps.values()].filter((step) => step.next !== step.before),
    endings,
    operations,
    ready: start,
    called,
    granted,
    more: waitsHere(mine, start, running),
  };
}
