import type { Queue } from "./aws/queue.ts";
import type { Scheduler } from "./aws/schedule.ts";
import type { Secrets } from "./aws/secret.ts";
import type { Change, Store } from "./db/index.ts";
import type { Clock } from "./lib/clock.ts";
import type { Log } from "./lib/log.ts";
import type { Target, Transport } from "./proxmox/transport.ts";

/** What a watcher waits for: slots that may stand idle unseen, in slot-seconds, and how long at least; `wide` looks at whole clusters. */
export interface Patience {
  readonly idleSeconds: number;
  readonly leastSeconds: number;
  readonly wide: boolean;
}

/** The two paces: `thrifty` asks Proxmox less often and for less, and keeps it less busy. */
export const PACES = {
  default: { idleSeconds: 1.6, leastSeconds: 0.4, wide: true },
  thrifty: { idleSeconds: 7, leastSeconds: 2, wide: false },
} as const satisfies Record<string, Patience>;

/** What differs between a laptop, a test and production, but is no port. Times in seconds. */
export interface Settings {
  readonly version: string;
  readonly stage: string;
  /** Key of the keyed hash under which API keys are stored. */
  readonly pepper: string;
  /** A worker is surely gone when its lease has not been renewed for this long; longer than its time limit. */
  readonly leaseSeconds: number;
  /** How long a request may be on its way to its effect after its answer got lost: pveproxy gives up after 30 s, and a daemon that is busy may begin later. */
  readonly ambiguousSeconds: number;
  /** Least pauses between looks at a node that find nothing new, one after the other. */
  readonly pollSeconds: readonly number[];
  /** When a look at running tasks is worth its request. */
  readonly patience: Patience;
  /** Proxmox tasks running at once on one node. */
  readonly nodeCap: number;
}

/** What keeps passwords and keys of guests secret, from the call that brings them to the item that needs them. */
export interface Sealing {
  readonly key: string;
}

/** Everything outside the process. Production, laptop and each test bring their own. */
export interface World {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Store;
  readonly queue: Queue;
  readonly scheduler: Scheduler;
  readonly secrets: Secrets;
  readonly dial: (target: Target) => Transport;
  readonly sealing: Sealing;
  readonly settings: Settings;
}

/** Who acts: a caller with a key, a job or a part of Moxxie itself. `may` holds action patterns such as `vm.*`. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly keyId?: string;
  readonly may: readonly string[];
}

/** A request that came with an Idempotency-Key: the change that keeps its answer for a repeat, and the one that lets a repeat do it anew. */
export interface Once {
  answer(status: number, body: unknown): Change;
  anew(): Change;
}

/** One call: the world and who calls, from where, and how. */
export interface Context extends World {
  readonly actor: Actor;
  readonly requestId: string;
  readonly source: string;
  readonly dryRun: boolean;
  readonly once?: Once;
  /** The input as the caller wrote it; kept with the operation, so that `4h` stays `4h`. */
  readonly given?: unknown;
  /** The operation of which a call does items again. */
  readonly retryOf?: string;
  /** The guests for which it does so, by id: nobody else is meant. */
  readonly meant?: ReadonlyMap<string, Meant>;
}

/** A guest for which something is done again, as it was called when it was chosen first, and when that was. */
export interface Meant {
  readonly cluster: string;
  readonly vmid: number;
  readonly name: string | null;
  readonly chosenAt: string;
}

/** Who acts when a part of Moxxie itself does; `part` names it. */
export const systemCaller = (part: string, requestId: string) => ({
  actor: { id: `system/${part}`, name: part, role: "system", may: ["*"] } satisfies Actor,
  requestId,
  source: "moxxie",
});

/** A context for work that no request started. */
export const systemContext = (world: World, part: string, requestId: string): Context => ({
  ...world,
  ...systemCaller(part, requestId),
  dryRun: false,
});
