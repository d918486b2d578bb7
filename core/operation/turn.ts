import * as Audit from "../audit/index.ts";
import type { World } from "../context.ts";
import { LostRace, Unwritable, type Change } from "../db/index.ts";
import { sameLine } from "./claim.ts";
import { clearUp, giveBack } from "./clear-up.ts";
import { drafted, type Draft, type Wish } from "./draft.ts";
import { auditOf, itemChange, type Ended } from "./ending.ts";
import { laneChange } from "./lane.ts";
import { loadNode, nodeChange, taken, type NodeRow, type Running } from "./node.ts";
import { roomFor, withRoom } from "./room.ts";
import { summon, type Watch } from "./summon.ts";
import { bare, isBare } from "./unwritable.ts";

/** What a worker or a watcher has to say of a node. */
export interface Turn extends Partial<Wish>, Watch {
  /** The node as it was read already. */
  readonly node?: NodeRow;
}

/** What came of it. */
export interface Turned {
  readonly settled: readonly Ended[];
  readonly started: readonly Running[];
  /** Whether the one that wanted a slot has one. */
  readonly granted: boolean;
}

const ATTEMPTS = 16;

interface Part {
  readonly changes: readonly Change[];
  readonly of?: Ended;
}

/** The changes in their order, each with the end to which it belongs. */
function parts(world: World, lane: string, nodes: { before: NodeRow; next: NodeRow }, draft: Draft): Part[] {
  return [
    { changes: [nodeChange(lane, nodes.before, nodes.next)] },
    { changes: draft.lanes.map((step) => laneChange(step.before, step.next)) },
    ...draft.endings.map((of) => ({ of, changes: [itemChange(world, of), ...(of.ending.changes ?? [])] })),
  ];
}

const isIdle = (draft: Draft, before: NodeRow, next: NodeRow) =>
  draft.lanes.length === 0 &&
  draft.endings.length === 0 &&
  before.ticket === next.ticket &&
  sameLine(before, next) &&
  before.running.length === next.running.length &&
  next.running.every(({ holder, start }) =>
    before.running.some((one) => one.holder === holder && one.start === start),
  );

/** Whose change lost its race: undefined when nothing did, "turn" when all has to be worked out again. */
async function commit(
  world: World,
  lane: string,
  nodes: { before: NodeRow; next: NodeRow },
  draft: Draft,
): Promise<Ended | "turn" | undefined> {
  const all = parts(world, lane, nodes, draft);
  const entries = draft.endings.flatMap((one) => {
    const operation = draft.operations.get(one.item.operation);
    return operation ? [auditOf(world, operation, one)] : [];
  });
  try {
    const changes = all.flatMap((part) => part.changes);
    await (entries.length > 0 ? Audit.append(world, entries, changes) : world.store.write(changes));
    return undefined;
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    let end = 0;
    const part = all.find((one) => error.index < (end += one.changes.length));
    return part?.of ?? "turn";
  }
}

const NOTHING: Wish = { endings: [], freed: [] };

/** Works the turn out and writes it, until nobody comes in between. */
async function inOne(world: World, lane: string, wanted: Turn): Promise<Turned> {
  const { node, look, covered, ...rest } = wanted;
  let wish: Wish = { ...NOTHING, ...rest };
  const tried = new Map<string, Running>();
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    // Whoever has just written something needs to see it; a watcher looks again when there is room for more.
    const how = { eventual: attempt === 1 && node !== undefined };
    const before = (attempt === 1 ? node : undefined) ?? (await loadNode(world, lane, how));
    const draft = await drafted(world, lane, before, { wish, how });
    for (const start of draft.ready.starts) tried.set(start.holder, start);
    if (how.eventual && taken(draft.next.running) < world.settings.nodeCap) continue;
    const next = await summon(world, lane, { before, next: draft.next, more: draft.more }, { look, covered });
    const lost = isIdle(draft, before, next) ? undefined : await commit(world, lane, { before, next }, draft);
    if (lost === undefined) {
      for (const start of draft.ready.starts) tried.delete(start.holder);
      for (const { lane: other, freed } of await clearUp(world, lane, draft, wish))
        await turn(world, other, { freed });
      await giveBack(world, lane, [...tried.values()]);
      return { settled: draft.endings, started: draft.ready.starts, granted: draft.granted };
    }
    if (lost !== "turn") wish = { ...wish, endings: wish.endings.filter((one) => one !== lost) };
  }
  throw new Error(`no turn of ${lane} came through in ${ATTEMPTS} attempts`);
}

/** Two turns, of which the first writes so many ends. */
async function inTwo(world: World, lane: string, wanted: Turn, count: number): Promise<Turned> {
  const { node: _node, look: _look, ...rest } = wanted;
  const { endings = [] } = wanted;
  const first = await turn(world, lane, { ...rest, endings: endings.slice(0, count) });
  const { node: _old, ...again } = wanted;
  const second = await turn(world, lane, { ...again, endings: endings.slice(count) });
  return { ...second, settled: [...first.settled, ...second.settled] };
}

/**
 * One turn of a node: ends items, frees their slots, starts what waits and sees to the next look, in one transaction, or
 * in several where DynamoDB does not take it in one. An end that it never takes is told in fewer words.
 * Everything that changes what runs on a node comes through here, so whoever loses a race works it out again.
 */
export async function turn(world: World, lane: string, wanted: Turn): Promise<Turned> {
  const endings = wanted.endings ?? [];
  const most = roomFor(world, endings);
  if (endings.length > most) return inTwo(world, lane, wanted, most);
  const ready = await Promise.all(endings.map((one) => withRoom(world, one)));
  try {
    return await inOne(world, lane, { ...wanted, endings: ready });
  } catch (error) {
    const [only, ...others] = ready;
    if (!(error instanceof Unwritable) || !only || (others.length === 0 && isBare(only))) throw error;
    if (others.length > 0) return inTwo(world, lane, wanted, Math.ceil(endings.length / 2));
    const ending = bare(only.item, error, only.ending);
    return turn(world, lane, { ...wanted, endings: [{ item: only.item, ending }] });
  }
}
