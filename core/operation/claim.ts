import { taken, type Claim, type NodeRow, type Running } from "./node.ts";

/** More than these find a slot by asking again. */
const MOST = 16;

/** One that wants a slot; with `seen` it waits in line where there is none. */
export type Wanted = Running & { readonly seen?: number };

/** Who has a slot of a node, and who waits in line for one. */
type Node = Pick<NodeRow, "running" | "claims">;

/** What became of the line. */
interface Served extends Node {
  /** Those in line that have got a slot. */
  readonly called: readonly Claim[];
  /** Whether the one that wanted a slot has one. */
  readonly granted: boolean;
}

const running = ({ holder, vmid, action, start }: Running): Running => ({ holder, vmid, action, start });

/** Gives a slot to the one that wants it, or its place behind the others; whoever is away needs none. Pure. */
function asked({ running: list, claims }: Node, wants: Wanted, cap: number): Omit<Served, "called"> {
  const others = claims.filter(({ holder }) => holder !== wants.holder);
  const mine = list.find(({ holder }) => holder === wants.holder);
  if (mine && (mine.away !== true || wants.away === true))
    return { running: list, claims: others, granted: true };
  if (wants.away === true)
    return { running: [...list, { ...running(wants), away: true }], claims: others, granted: true };
  const rest = list.filter((one) => one !== mine);
  if (taken(rest) < cap) return { running: [...rest, running(wants)], claims: others, granted: true };
  const { seen } = wants;
  if (seen === undefined) return { running: list, claims, granted: false };
  const claim = { ...running(wants), seen };
  const at = claims.findIndex(({ holder }) => holder === wants.holder);
  const line = at < 0 ? [...claims, claim].slice(0, MOST) : claims.with(at, claim);
  return { running: list, claims: line, granted: false };
}

/**
 * Gives free slots to those who wait in line, before anything new is started: it would take every slot away from them
 * for as long as there is any. They get half of a node's slots at most, so that they keep nobody else waiting. Pure.
 */
export function serve(
  node: Node,
  wants: Wanted | undefined,
  { cap, start }: { readonly cap: number; readonly start: number },
): Served {
  const now = wants ? asked(node, wants, cap) : { ...node, granted: false };
  const share = Math.max(1, Math.floor(cap / 2)) - now.running.filter(({ claimed }) => claimed).length;
  const count = Math.max(0, Math.min(cap - taken(now.running), share));
  const called = now.claims.slice(0, count);
  const starts = called.map((one): Running => ({ ...running(one), start, claimed: true }));
  return {
    running: [...now.running, ...starts],
    claims: now.claims.slice(count),
    called,
    granted: now.granted,
  };
}

/** Whether two states of a node differ in who waits in line. */
export const sameLine = ({ claims: a }: Node, { claims: b }: Node) =>
  a.length === b.length && a.every((one, at) => one.holder === b[at]?.holder && one.seen === b[at].seen);
