import type { Message } from "./message-set.ts";
import type { Queue, QueueChange } from "./queue-changes.ts";

/** A message in the hands of a consumer. The receipt is good until the message is received again. */
export type Received = Message & { readonly receipt: string; readonly first: number };

/** Stores a change and wakes who waits on its queue, or on `touched` when another one gains by it. */
export type Commit = (change: QueueChange, touched?: string) => void;

interface Request {
  readonly queue: Queue;
  readonly max: number;
  /** How long the messages stay hidden; the queue's own visibility timeout when left out. */
  readonly seconds: number | undefined;
  readonly now: number;
  /** The dead-letter queue, when the queue has one that exists. */
  readonly dead: Queue | undefined;
}

/** Takes messages as SQS does: the old are forgotten, those received too often are moved aside, the rest are hidden. */
export function receive({ queue, max, seconds, now, dead }: Request, commit: Commit): Received[] {
  const { name, settings } = queue;
  const taken: Received[] = [];
  for (const message of queue.messages.visible(now)) {
    if (taken.length >= max) break;
    if (message.sent + settings.retentionSeconds * 1000 < now) {
      commit({ kind: "remove", name, id: message.id });
    } else if (dead && settings.maxReceives !== undefined && message.receives >= settings.maxReceives) {
      const buried = { ...message, source: name, visibleAt: now, receipt: undefined };
      commit({ kind: "move", name, id: message.id, to: dead.name, message: buried }, dead.name);
    } else {
      const hold = holdOf(message, now, seconds ?? settings.visibilitySeconds);
      commit({ kind: "hold", name, id: message.id, hold });
      taken.push({ ...message, ...hold });
    }
  }
  return taken;
}

function holdOf(message: Message, now: number, seconds: number) {
  const receives = message.receives + 1;
  const receipt = `${message.id}#${receives}`;
  return { receives, receipt, first: message.first ?? now, visibleAt: now + seconds * 1000 };
}

interface Redrive {
  readonly queue: Queue;
  readonly destination: string | undefined;
  readonly now: number;
  readonly newId: () => string;
  readonly exists: (name: string) => boolean;
}

/** Moves what is visible in a dead-letter queue; each becomes a new message, never received. Says how many went. */
export function redrive({ queue, destination, now, newId, exists }: Redrive, commit: Commit): number {
  const moves = [...queue.messages.visible(now)].flatMap((message) => {
    const to = destination ?? message.source;
    return to !== undefined && exists(to) ? [{ message, to }] : [];
  });
  for (const { message, to } of moves) {
    const { id, body, group, attributes } = message;
    const fresh = { id: newId(), body, group, attributes, sent: now, receives: 0, visibleAt: now };
    commit({ kind: "move", name: queue.name, id, to, message: fresh }, to);
  }
  return moves.length;
}
