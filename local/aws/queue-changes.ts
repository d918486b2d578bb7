import * as z from "zod";
import { Message, MessageSet } from "./message-set.ts";

/** What a queue is set to. Its dead-letter queue is named, not given as an ARN. */
export const QueueSettings = z.object({
  visibilitySeconds: z.number().default(30),
  delaySeconds: z.number().default(0),
  waitSeconds: z.number().default(0),
  retentionSeconds: z.number().default(345_600),
  maximumBytes: z.number().default(1_048_576),
  dlq: z.string().optional(),
  maxReceives: z.number().optional(),
});
export type QueueSettings = z.infer<typeof QueueSettings>;

/** One queue: its settings and what lies in it. */
export interface Queue {
  readonly name: string;
  readonly created: number;
  readonly settings: QueueSettings;
  readonly messages: MessageSet;
}

/** Everything that can happen to the queues. A journal of these is their state. */
export const QueueChange = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("queue"), name: z.string(), created: z.number(), settings: QueueSettings }),
  z.object({ kind: z.literal("drop"), name: z.string() }),
  z.object({ kind: z.literal("put"), name: z.string(), message: Message }),
  z.object({ kind: z.literal("hide"), name: z.string(), id: z.string(), visibleAt: z.number() }),
  z.object({
    kind: z.literal("hold"),
    name: z.string(),
    id: z.string(),
    hold: z.object({ receives: z.number(), receipt: z.string(), first: z.number(), visibleAt: z.number() }),
  }),
  z.object({ kind: z.literal("move"), name: z.string(), id: z.string(), to: z.string(), message: Message }),
  z.object({ kind: z.literal("remove"), name: z.string(), id: z.string() }),
  z.object({ kind: z.literal("purge"), name: z.string() }),
]);
export type QueueChange = z.infer<typeof QueueChange>;

/** Carries out one change; the only place where queues are changed, live and in a replay alike. */
export function applyChange(queues: Map<string, Queue>, change: QueueChange): void {
  const queue = queues.get(change.name);
  if (change.kind === "queue") {
    const { name, created, settings } = change;
    queues.set(name, { name, created, settings, messages: queue?.messages ?? new MessageSet() });
    return;
  }
  if (!queue) return;
  switch (change.kind) {
    case "drop":
      queues.delete(change.name);
      return;
    case "put":
      return queue.messages.put(change.message);
    case "hide":
      return amend(queue, change.id, (message) => ({ ...message, visibleAt: change.visibleAt }));
    case "hold":
      return amend(queue, change.id, (message) => ({ ...message, ...change.hold }));
    case "move":
      queue.messages.remove(change.id);
      return queues.get(change.to)?.messages.put(change.message);
    case "remove":
      return queue.messages.remove(change.id);
    case "purge":
      return queue.messages.clear();
  }
}

function amend(queue: Queue, id: string, change: (message: Message) => Message): void {
  const message = queue.messages.get(id);
  if (message) queue.messages.put(change(message));
}

/** The shortest list of changes that builds the queues anew. */
export function snapshotQueues(queues: ReadonlyMap<string, Queue>): QueueChange[] {
  const all = [...queues.values()];
  return [
    ...all.map(({ name, created, settings }) => ({ kind: "queue" as const, name, created, settings })),
    ...all.flatMap(({ name, messages }) =>
      [...messages.all()].map((message) => ({ kind: "put" as const, name, message })),
    ),
  ];
}
