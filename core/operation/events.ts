import * as z from "zod";
import type { World } from "../context.ts";
import { verb } from "../verb.ts";
import { Fault } from "../lib/fault.ts";
import { need, OperationId } from "./get.ts";
import { countOf, read, withMore, write, type Told } from "./told.ts";
import { untold } from "./untold.ts";
import { momentOf, Operation, settledOf, toItem, toOperation } from "./view.ts";

const HOLD_MS = 20_000;
/** Pauses between looks grow, for a listener is seldom alone. */
const LOOK_MS = 1000;
const MOST_LOOK_MS = 3000;
/** When a client comes again, in milliseconds: with more to tell at once. */
const AGAIN_MS = 1000;
const OVER = "over";

const Input = z.strictObject({
  operation: OperationId,
  lastEventId: z.string().max(8000).optional(),
});

const Event = z.object({
  event: z.enum(["item", "progress", "end"]),
  id: z.string().optional(),
  data: z.unknown(),
});
type Event = z.input<typeof Event>;

/** Server-sent events; `over` when all was told before and nothing more will come. */
const Events = z.object({ over: z.boolean(), retryMs: z.number(), events: z.array(Event) });

/** What a client knows: the counts that it was shown, and the items of which it was told. */
interface Known {
  readonly counts: string;
  readonly told: Told;
}

/** Reads the id of an event back; one that is none of ours is a mistake, never "from the start". */
function knownFrom(id: string | undefined): Known {
  if (id === undefined) return { counts: "", told: [] };
  const [, counts = "", runs = ""] = /^(\d+\.\d+\.\d+):([\d,-]*)$/.exec(id) ?? [];
  const told = read(runs);
  if (counts !== "" && told) return { counts, told };
  const errors = [{ pointer: "/lastEventId", code: "invalid", detail: "is not the id of an event of ours" }];
  throw new Fault("invalid", "request.invalid", "Last-Event-ID is not the id of an event.", { errors });
}

/** An operation as events tell it: without its input, which may be long and never changes. */
const Outline = Operation.omit({ input: true });

/** What has happened since; empty when nothing has. Items come first, and what follows them bears the id. */
async function newsSince(world: World, id: string, known: Known): Promise<Event[]> {
  const { row, open } = await momentOf(world, await need(world, id));
  const lanes = [...open.values()];
  const view = toOperation(row, lanes);
  const settled = settledOf(view.progress);
  const items = settled > countOf(known.told) ? await untold(world, row, known.told, lanes) : [];
  const all = withMore(
    known.told,
    items.map(({ n }) => n),
  );
  const events = items.map((item): Event => ({ event: "item", data: toItem(item) }));
  if (row.state !== "open" && countOf(all) >= row.total)
    return [...events, { event: "end", id: OVER, data: Outline.parse(view) }];
  const counts = `${view.progress.queued}.${view.progress.running}.${settled}`;
  if (counts === known.counts && items.length === 0) return [];
  return [...events, { event: "progress", id: `${counts}:${write(all)}`, data: Outline.parse(view) }];
}

/**
 * What has happened to an operation since the event that a client saw last. The answer is held until there is something
 * to tell, for 20 s at most, and the client comes again.
 */
export const events = verb({
  action: "operation.events",
  effect: "read",
  input: Input,
  output: Events,
  async run(ctx, { operation, lastEventId }) {
    if (lastEventId === OVER) {
      await need(ctx, operation);
      return { over: true, retryMs: AGAIN_MS, events: [] };
    }
    const known = knownFrom(lastEventId);
    const until = ctx.clock.now().getTime() + HOLD_MS;
    for (let pause = LOOK_MS; ; pause = Math.min(MOST_LOOK_MS, pause * 1.5)) {
      const news = await newsSince(ctx, operation, known);
      const left = until - ctx.clock.now().getTime();
      if (news.length > 0 || left <= 0) return { over: false, retryMs: AGAIN_MS, events: news };
      await ctx.clock.sleep(Math.min(pause, left));
    }
  },
});
