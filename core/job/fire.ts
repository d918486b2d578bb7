import * as z from "zod";
import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { Fault } from "../lib/fault.ts";
import { newId } from "../lib/id.ts";
import { accept, show } from "../operation/index.ts";
import { jobContext, loadJob, type JobRow } from "./job.ts";
import { workOf } from "./kinds.ts";
import { toRunOrder } from "./run-order.ts";
import { lastOperation, putRun, runKey } from "./runs-store.ts";

/** A schedule has fired. The scheduled time is the same for every delivery of one firing. */
const FireMessage = z.object({
  v: z.literal(1),
  kind: z.literal("fire"),
  job: z.string(),
  scheduledAt: z.iso.datetime(),
});

/** A firing that comes later than this is left out: what it was for is past. */
const GRACE_MS = 3_600_000;
const AGAIN_SECONDS = 300;
/** How far a clock of ours may be behind that of the scheduler. */
const SKEW_MS = 120_000;

/** Why a firing makes no operation, or undefined. */
async function leaveOut(world: World, job: JobRow, scheduledAt: string): Promise<string | undefined> {
  const late = world.clock.now().getTime() - Date.parse(scheduledAt);
  if (late > GRACE_MS) return `it came ${Math.round(late / 60_000)} minutes late`;
  const last = await lastOperation(world, job.id);
  const operation = last === undefined ? undefined : await show(world, last);
  const running = operation?.state === "queued" || operation?.state === "running";
  return running ? `the run before (${operation.id}) has not ended` : undefined;
}

/** An outage is waited for until the firing is too late, which its run then says; SQS alone would give up before. */
async function later(
  world: World,
  firing: { job: string; scheduledAt: string },
  cause: Fault,
): Promise<void> {
  world.log.warn("fire", { ...firing, outcome: "tried again later", reason: cause.message });
  const body = JSON.stringify({ v: 1, kind: "fire", ...firing });
  await world.queue.send("Fire", [{ body, group: firing.job, delaySeconds: AGAIN_SECONDS }]);
}

/** What a job names and what is not there is its own mistake, and no time mends it; anything else is thrown on. */
function asInvalid(error: unknown): Fault {
  if (error instanceof Fault && error.kind === "invalid") return error;
  throw error;
}

/** Runs a job for one firing, once: the run's row is written in the transaction that accepts the operation. */
export async function fire(world: World, message: unknown): Promise<void> {
  const { job: id, scheduledAt: at } = FireMessage.parse(message);
  const scheduledAt = new Date(at).toISOString();
  const firing = { job: id, scheduledAt };
  // Nothing that is genuine comes before its time; run now it would make a duplicate of the firing that will come.
  if (Date.parse(at) - world.clock.now().getTime() > SKEW_MS)
    return world.log.warn("fire", { ...firing, outcome: "left out: its time has not come" });
  const job = await loadJob(world, id);
  if (!job?.enabled) return world.log.info("fire", { job: id, outcome: "the job is gone or disabled" });
  const run = { job: id, trigger: "schedule" as const, scheduledAt };
  const ctx = jobContext(world, job, newId("req", world.clock.now()));
  try {
    const seen = await world.store.get("History", runKey(run));
    if (seen) return;
    const reason = await leaveOut(world, job, scheduledAt);
    if (reason !== undefined)
      return await world.store.write([putRun(world, { ...run, operation: null, reason })]);
    const work = await workOf(ctx, job).catch(asInvalid);
    if (work instanceof Fault)
      return await world.store.write([putRun(world, { ...run, operation: null, reason: work.message })]);
    await accept(ctx, toRunOrder(world, work.order, run));
  } catch (error) {
    if (error instanceof Fault) return later(world, firing, error);
    if (!(error instanceof LostRace)) throw error;
    world.log.info("fire", { ...firing, outcome: "another delivery was first" });
  }
}
