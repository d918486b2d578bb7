import * as z from "zod";
import type { Outgoing } from "./problem.ts";

const Told = z.object({
  over: z.boolean(),
  retryMs: z.number(),
  events: z.array(z.object({ event: z.string(), id: z.string().optional(), data: z.unknown() })),
});
type Event = z.infer<typeof Told>["events"][number];

/** JSON has no line breaks of its own, so each event is one line of data. */
const block = ({ event, id, data }: Event) =>
  [
    `event: ${event}`,
    ...(id === undefined ? [] : [`id: ${id}`]),
    `data: ${JSON.stringify(data)}`,
    "",
    "",
  ].join("\n");

/** Server-sent events that end, so that the client comes again with the id of the last one; 204 makes it stay away. */
export function toEvents(value: unknown): Outgoing {
  const { over, retryMs, events } = Told.parse(value);
  const headers = { "cache-control": "no-store" };
  const type = "text/event-stream";
  if (over) return { status: 204, body: undefined, headers, type };
  const body = [`retry: ${retryMs}\n\n`, ...(events.length > 0 ? events.map(block) : [": nothing new\n\n"])];
  return { status: 200, body: body.join(""), headers, type };
}
