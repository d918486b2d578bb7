import { randomUUID } from "node:crypto";
import type { Clock } from "../../core/lib/clock.ts";
import { openJournal } from "./journal.ts";
import type { Journal } from "./journal.ts";
import type { Attribute, Depth, Message } from "./message-set.ts";
import { applyChange, QueueChange, QueueSettings, snapshotQueues } from "./queue-changes.ts";
import type { Queue } from "./queue-changes.ts";
import { receive, redrive } from "./queue-receive.ts";
import type { Received } from "./queue-receive.ts";

/** What may go with a message. A delay is 0 to 900 seconds, as in SQS, and overrides the queue's own. */
export interface SendOptions {
  readonly delaySeconds?: number | undefined;
  readonly group?: string | undefined;
  readonly attributes?: Record<string, Attribute> | undefined;
}

interface Options {
  readonly clock: Clock;
  /** Journal on disk; without it the queues live in memory. */
  readonly file?: string | undefined;
  /** Message ids; a test that needs the same ones again brings its own. */
  readonly newId?: (() => string) | undefined;
}

/** Queues for the laptop and for tests. Naming a queue that does not exist is an Error here. */
export const createQueues = (options: Options) => new Queues(options);

/** Standard SQS queues as a state machine: at least once, no promise of order, everything timed by a clock. */
export class Queues {
  readonly #queues = new Map<string, Queue>();
  readonly #listeners = new Set<(name: string) => void>();
  readonly #journal: Journal<QueueChange> | undefined;
  readonly #now: () => number;
  readonly #newId: () => string;

  constructor({ clock, file, newId = randomUUID }: Options) {
    this.#now = () => clock.now().getTime();
    this.#newId = newId;
    this.#journal = file === undefined ? undefined : restore(file, this.#queues);
  }

  /** Creates a queue, or gives an existing one other settings and leaves its messages. */
  create(name: string, settings: Partial<QueueSettings> = {}): void {
    const created = this.#queues.get(name)?.created ?? this.#now();
    this.#commit({ kind: "queue", name, created, settings: QueueSettings.parse(settings) });
  }

  drop(name: string): void {
    this.#commit({ kind: "drop", name });
  }

  purge(name: string): void {
    this.#commit({ kind: "purge", name });
  }

  get(name: string): Queue | undefined {
    return this.#queues.get(name);
  }

  list(): Queue[] {
    return [...this.#queues.values()];
  }

  /** Stores a message (on disk, where there is a file) and says its id. */
  send(name: string, body: string, { delaySeconds, group, attributes }: SendOptions = {}): string {
    const sent = this.#now();
    const visibleAt = sent + (delaySeconds ?? this.#find(name).settings.delaySeconds) * 1000;
    const message = { id: this.#newId(), body, group, attributes, sent, receives: 0, visibleAt };
    this.#commit({ kind: "put", name: this.#find(name).name, message });
    return message.id;
  }

  /** Takes up to `max` messages and hides them; those received too often go to the dead-letter queue instead. */
  receive(name: string, max = 10, seconds?: number): Received[] {
    const queue = this.#find(name);
    const dead = this.#queues.get(queue.settings.dlq ?? "");
    return receive({ queue, max, seconds, now: this.#now(), dead }, this.#commit);
  }

  /** False when the receipt is out of date: SQS calls that a success and deletes nothing. */
  remove(name: string, receipt: string): boolean {
    const message = this.#held(name, receipt);
    if (message) this.#commit({ kind: "remove", name, id: message.id });
    return message !== undefined;
  }

  /** Hides a message in flight for `seconds` from now; 0 gives it back at once. */
  release(name: string, receipt: string, seconds: number): "changed" | "stale" | "visible" {
    const message = this.#held(name, receipt);
    if (!message) return "stale";
    if (message.visibleAt <= this.#now()) return "visible";
    this.#commit({ kind: "hide", name, id: message.id, visibleAt: this.#now() + seconds * 1000 });
    return "changed";
  }

  /** Moves what is visible in a dead-letter queue back to where it came from, or to `destination`; says how many. */
  redrive(name: string, destination?: string): number {
    const exists = (other: string) => this.#queues.has(other);
    const request = { queue: this.#find(name), destination, now: this.#now(), newId: this.#newId, exists };
    return redrive(request, this.#commit);
  }

  /** Epoch ms of the next moment after now when a hidden message becomes visible, in all queues or those named. */
  nextDue(names?: readonly string[]): number | undefined {
    const asked = this.list().filter((queue) => !names || names.includes(queue.name));
    const times = asked.flatMap((queue) => queue.messages.nextDue(this.#now()) ?? []);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  depth(name: string): Depth {
    return this.#find(name).messages.depth(this.#now());
  }

  /** Calls back with a queue's name after each change that may concern a waiting receiver. */
  watch(listener: (name: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#journal?.close();
  }

  readonly #commit = (change: QueueChange, touched = change.name): void => {
    this.#journal?.append(change);
    applyChange(this.#queues, change);
    for (const listener of this.#listeners) listener(touched);
  };

  #find(name: string): Queue {
    const queue = this.#queues.get(name);
    if (!queue) throw new Error(`no queue ${name}`);
    return queue;
  }

  #held(name: string, receipt: string): Message | undefined {
    const message = this.#find(name).messages.get(receipt.split("#")[0] ?? "");
    return message?.receipt === receipt ? message : undefined;
  }
}

function restore(file: string, queues: Map<string, Queue>) {
  return openJournal({
    file,
    schema: QueueChange,
    replay: (change) => applyChange(queues, change),
    snapshot: () => snapshotQueues(queues),
  });
}
