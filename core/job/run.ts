import * as z from "zod";
import { LostRace } from "../db/index.ts";
import { Fault } from "../lib/fault.ts";
import { accept, Operation, type GuestPlan } from "../operation/index.ts";
import { verb } from "../verb.ts";
import { JobId, needJob } from "./job.ts";
import { workOf, type Work } from "./kinds.ts";
import { toRunOrder } from "./run-order.ts";

const Input = z.strictObject({ job: JobId });

/** Runs a job now, whatever its schedule says, in the name of the caller. */
export const run = verb<typeof Input, typeof Operation, GuestPlan & Pick<Work, "order">>({
  action: "job.run",
  effect: "write",
  tracked: true,
  single: false,
  input: Input,
  output: Operation,
  target: (input) => input.job,
  async plan(ctx, input) {
    const { plan, order } = await workOf(ctx, await needJob(ctx, input.job));
    return { ...plan, order };
  },
  async run(ctx, input, { order }) {
    const scheduledAt = ctx.clock.now().toISOString();
    const wanted = toRunOrder(ctx, order, { job: input.job, trigger: "manual", scheduledAt });
    return accept(ctx, wanted).catch((error: unknown) => {
      if (!(error instanceof LostRace)) throw error;
      throw new Fault("conflict", "job.running", "The job was run at this very instant already.");
    });
  },
});
