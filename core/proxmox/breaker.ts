import { refusalOf } from "./answer.ts";
import { classOf } from "./classify.ts";
import { ProxmoxError } from "./error.ts";
import type { Call } from "./request.ts";

/**
 * Why it is of no use to ask for a while: the credential is refused, nothing can be written, a node is not reached from
 * the others, a guest or storage of a node does not answer, no endpoint of the cluster is reached.
 */
export type Trouble = "credentials" | "quorum" | "node" | "part" | "cluster";

/** What a call is about, as far as troubles go: reads go on without quorum. */
export interface Errand {
  readonly effect: "read" | "write";
  readonly node?: string;
  /** What of the node it is about, if not all of it: `guest 101`, `storage nfs`. */
  readonly part?: string;
}

/** `until` is when the next call may go, to see whether it is over. */
export interface Open {
  readonly trouble: Trouble;
  readonly reason: string;
  readonly until: Date;
}

/** Held back, or let through: alone, where there are `probes` that it has to find out about. */
type Admission = { readonly held: Open } | { readonly probes: readonly Trouble[] };

/** What an answer has shown: a trouble, or which ones there are not. `since` is when the call began. */
export type Lesson =
  | { readonly trouble: Trouble; readonly reason: string }
  | { readonly over: readonly Trouble[]; readonly since: Date };

/**
 * Shared by everyone who speaks to a cluster: whoever meets a trouble tells the others, and one call now and then is let
 * through to see whether it is over.
 */
export interface Breaker {
  /** Why such a call would be held back now. It is no probe. */
  peek(errand: Errand): Promise<Open | undefined>;
  /** Whoever is let through while there is trouble is the probe. */
  admit(errand: Errand): Promise<Admission>;
  learn(errand: Errand, lesson: Lesson): Promise<void>;
}

/** The guest or storage of a node that a call is about: it may hang while all else on the node is well. */
function partOf({ at = {} }: Call): string | undefined {
  if (at["vmid"] !== undefined) return `guest ${at["vmid"]}`;
  return at["storage"] === undefined ? undefined : `storage ${at["storage"]}`;
}

export const errandOf = (call: Call): Errand => {
  const node = call.at?.["node"];
  const effect = call.method === "GET" ? "read" : "write";
  if (node === undefined) return { effect };
  const part = partOf(call);
  return { effect, node: String(node), ...(part === undefined ? {} : { part }) };
};

const MEANING = {
  credentials: "credentials",
  quorum: "quorum",
  node: "unsent",
  part: "unsent",
  cluster: "unsent",
} as const;
const STATUS = { credentials: 401, quorum: 500, node: 595, part: 0, cluster: 0 } as const;

/** The error of a call that was held back: it was not sent. */
export function heldBack(call: Call, { trouble, reason, until }: Open): ProxmoxError {
  const text = `${reason} (not asked again before ${until.toISOString()})`;
  return new ProxmoxError(MEANING[trouble], refusalOf(call, STATUS[trouble], text), {}, { until });
}

/** Whether a text tells that the cluster could not write: refused at the door, or met by a task at work. */
export const showsNoQuorum = (text: string) => /no quorum|'\/etc\/pve\/.*' - Permission denied/.test(text);

/** A read that found no answer for so long says that what it asked hangs; a write may have had to wait for a lock. */
const HANGING_MS = 10_000;
const SHORT = new Set([undefined, "read", "list", "scan"]);

function isHanging(call: Call, { refusal }: ProxmoxError, ms: number): boolean {
  const silent = refusal.status === 0 || refusal.status === 596;
  return silent && call.method === "GET" && SHORT.has(call.kind) && ms >= HANGING_MS;
}

function troubleOf(call: Call, error: ProxmoxError, ms: number): Trouble | undefined {
  const { meaning, refusal } = error;
  if (meaning === "credentials") return "credentials";
  if (meaning === "quorum" || classOf(refusal.status, error.message) === "Q") return "quorum";
  const node = call.at?.["node"] !== undefined;
  if (node && refusal.status === 595) return "node";
  if (node && isHanging(call, error, ms)) return partOf(call) === undefined ? "node" : "part";
  return refusal.status === 0 && meaning === "unsent" ? "cluster" : undefined;
}

/** Answers that the node of the entry gives for another one: it has not been asked. */
const BY_ENTRY = new Set([401, 403, 501]);

/** What the answer to a call shows; `error` is its refusal. Undefined where it tells nothing of the cluster. */
export function lessonOf(
  call: Call,
  error: ProxmoxError | undefined,
  { since, ms }: { readonly since: Date; readonly ms: number },
): Lesson | undefined {
  const trouble = error && troubleOf(call, error, ms);
  if (trouble) return { trouble, reason: error.message };
  const status = error?.refusal.status ?? 200;
  if (status === 0 || status >= 590) return undefined;
  // That a write was accepted says nothing of quorum: without it, a task begins all the same and fails.
  return {
    over: BY_ENTRY.has(status) ? ["credentials", "cluster"] : ["credentials", "cluster", "node", "part"],
    since,
  };
}
