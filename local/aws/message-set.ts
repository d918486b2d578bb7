import * as z from "zod";
import { createHeap } from "./heap.ts";

/** A typed attribute that travels beside a body; `binary` is base64. */
export const Attribute = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});
export type Attribute = z.infer<typeof Attribute>;

/** One message of a queue; times are epoch milliseconds. */
export const Message = z.object({
  id: z.string(),
  body: z.string(),
  group: z.string().optional(),
  attributes: z.record(z.string(), Attribute).optional(),
  sent: z.number(),
  first: z.number().optional(),
  receives: z.number(),
  visibleAt: z.number(),
  receipt: z.string().optional(),
  /** The queue it was taken from when it came to a dead-letter queue. */
  source: z.string().optional(),
});
export type Message = z.infer<typeof Message>;

/** How many messages can be received now, wait for their first delivery, or are out with a consumer. */
export interface Depth {
  readonly visible: number;
  readonly delayed: number;
  readonly inFlight: number;
}

interface Entry {
  readonly due: number;
  readonly order: number;
  readonly id: string;
}

/** The messages of one queue, indexed by id and by the time at which they become visible. */
export class MessageSet {
  readonly #messages = new Map<string, Message>();
  readonly #ready = new Set<string>();
  readonly #hidden = createHeap<Entry>((a, b) => a.due < b.due || (a.due === b.due && a.order < b.order));
  #order = 0;

  get(id: string): Message | undefined {
    return this.#messages.get(id);
  }

  all(): Iterable<Message> {
    return this.#messages.values();
  }

  put(message: Message): void {
    this.#order += 1;
    this.#messages.set(message.id, message);
    this.#ready.delete(message.id);
    this.#hidden.push({ due: message.visibleAt, order: this.#order, id: message.id });
  }

  remove(id: string): void {
    this.#messages.delete(id);
    this.#ready.delete(id);
  }

  clear(): void {
    this.#messages.clear();
    this.#ready.clear();
    this.#hidden.clear();
  }

  /** What can be received at `now`, in the order in which it became visible. */
  *visible(now: number): Iterable<Message> {
    this.#surface(now);
    for (const id of this.#ready) {
      const message = this.#messages.get(id);
      if (message) yield message;
    }
  }

  /** The first moment after `now` at which a hidden message becomes visible. */
  nextDue(now: number): number | undefined {
    this.#surface(now);
    return this.#hidden.peek()?.due;
  }

  depth(now: number): Depth {
    this.#surface(now);
    const waiting = this.#messages.values().filter((message) => !this.#ready.has(message.id));
    const delayed = waiting.filter((message) => message.receives === 0).toArray().length;
    return { visible: this.#ready.size, delayed, inFlight: this.#messages.size - this.#ready.size - delayed };
  }

  #surface(now: number): void {
    for (
      let top = this.#hidden.peek();
      top && (top.due <= now || !this.#isCurrent(top));
      top = this.#hidden.peek()
    ) {
      this.#hidden.pop();
      if (this.#isCurrent(top)) this.#ready.add(top.id);
    }
  }

  // An entry of the heap is out of date when its message is gone or has been given another time since.
  #isCurrent({ id, due }: Entry): boolean {
    return this.#messages.get(id)?.visibleAt === due && !this.#ready.has(id);
  }
}
