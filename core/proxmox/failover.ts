import { NoAnswer, tooLate, type Target, type WireReply, type WireRequest } from "./transport.ts";
import type { Clock } from "../lib/clock.ts";

/** How long an endpoint that did not answer is asked only after the others. */
const DOWN_MS = 30_000;

export type Headers = Readonly<Record<string, string>>;
/** Sends one request to some endpoint of the cluster. */
export type Carry = (wire: WireRequest, headers: Headers) => Promise<WireReply>;
/** Sends one request to this endpoint; rejects with NoAnswer. */
type Send = (endpoint: string, wire: WireRequest, headers: Headers) => Promise<WireReply>;

const bare = (endpoint: string) => endpoint.replace(/\/+$/, "");

/** The owning node first: it saves Proxmox a hop, and the 30 s in which the hop may hang. Those that are down come last. */
function inOrder(target: Target, node: string | undefined, isDown: (endpoint: string) => boolean): string[] {
  const own = node === undefined ? undefined : target.nodes?.[node];
  const all = [...new Set([...(own === undefined ? [] : [own]), ...target.endpoints].map(bare))];
  return [...all.filter((endpoint) => !isDown(endpoint)), ...all.filter(isDown)];
}

/**
 * Tries the next endpoint only when the one before was surely not reached: a lost answer is the caller's to
 * judge. A certificate that is not the pinned one ends it, for no other endpoint makes that good.
 */
export function failover(target: Target, clock: Clock, send: Send): Carry {
  const downSince = new Map<string, number>();
  const isDown = (endpoint: string) => {
    const since = downSince.get(endpoint);
    return since !== undefined && clock.now().getTime() - since < DOWN_MS;
  };
  return async (wire, headers) => {
    let failure = new NoAnswer(`the cluster ${target.cluster} has no endpoint`, false);
    for (const endpoint of inOrder(target, wire.node, isDown)) {
      const late = tooLate(wire, clock.now());
      if (late) throw late;
      try {
        const reply = await send(endpoint, wire, headers);
        downSince.delete(endpoint);
        return reply;
      } catch (error) {
        failure = error instanceof NoAnswer ? error : new NoAnswer("no answer", true);
        downSince.set(endpoint, clock.now().getTime());
        if (failure.sent || failure.mistrusted) throw failure;
      }
    }
    throw failure;
  };
}
