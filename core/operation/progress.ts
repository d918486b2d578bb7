import * as z from "zod";
import type { World } from "../context.ts";
import { waitingFor } from "./waiting.ts";
import { momentOf, Operation, settledOf, toOperation } from "./view.ts";
import type { OperationRow } from "./operation.ts";

/** One operation with how it gets on. All three are null once it has ended. */
export const Detailed = Operation.extend({
  /** Items a minute, measured over those that have ended since the first began. */
  rate: z.number().nullable(),
  /** When it ends if it goes on like that. */
  eta: z.string().nullable(),
  waitingFor: z.string().nullable(),
});
type Detailed = z.infer<typeof Detailed>;

const MINUTE_MS = 60_000;
const LEAST_MS = 1000;

/** What was measured so far, and what follows from it. Pure. */
function pace(row: OperationRow, view: Operation, now: Date): Pick<Detailed, "rate" | "eta"> {
  const { progress, startedAt } = view;
  const done = settledOf(progress) - row.leftOut - progress.cancelled;
  const ms = now.getTime() - Date.parse(startedAt ?? "");
  if (!(ms >= LEAST_MS) || done <= 0) return { rate: null, eta: null };
  const each = ms / done;
  const left = row.stop === null ? progress.queued + progress.running : progress.running;
  const eta = new Date(now.getTime() + left * each).toISOString();
  return { rate: Math.round((MINUTE_MS / each) * 10) / 10, eta };
}

/** The operation as it is at this moment, and how it gets on. */
export async function detail(world: World, found: OperationRow): Promise<Detailed> {
  const { row, open } = await momentOf(world, found);
  const view = toOperation(row, [...open.values()]);
  if (row.state !== "open") return { ...view, rate: null, eta: null, waitingFor: null };
  return { ...view, ...pace(row, view, world.clock.now()), waitingFor: await waitingFor(world, row, open) };
}
