import * as z from "zod";
import type { World } from "../context.ts";
import { Duration } from "../lib/duration.ts";
import { Fault } from "../lib/fault.ts";
import { verb } from "../verb.ts";
import { loadOperation, recallOperation, type OperationRow } from "./operation.ts";
import { Detailed, detail } from "./progress.ts";
import { type Operation, present } from "./view.ts";

/** Pauses between looks grow up to a second. */
const LOOK_MS = 250;
const MOST_LOOK_MS = 1000;

/** The id of an operation in a path. */
export const OperationId = z
  .string()
  .regex(/^op_[0-9A-HJKMNP-TV-Z]{26}$/, "must be the id of an operation: op_ and 26 characters");

/** The operation, or 404. */
export async function need(world: World, id: string): Promise<OperationRow> {
  const row = await loadOperation(world, id);
  if (!row) throw new Fault("missing", "operation.missing", `There is no operation ${id}.`);
  return row;
}

/** One operation with its progress, its pace and what it waits for; `wait` holds the answer until it has ended. */
export const get = verb({
  action: "operation.get",
  effect: "read",
  input: z.strictObject({ operation: OperationId, wait: Duration({ min: 0, max: 25 }).optional() }),
  output: Detailed,
  run: async (ctx, input) => detail(ctx, await untilEnded(ctx, input.operation, input.wait ?? 0)),
});

/** Waits until an operation has ended or the time is over; looks on the way may be a moment late, the last one is not. */
async function untilEnded(world: World, id: string, seconds: number): Promise<OperationRow> {
  const until = world.clock.now().getTime() + seconds * 1000;
  for (let pause = LOOK_MS; ; pause = Math.min(MOST_LOOK_MS, pause * 1.5)) {
    const left = until - world.clock.now().getTime();
    const row = left > 0 ? await recallOperation(world, id) : await need(world, id);
    if (left <= 0 || row?.state !== "open") return row ?? need(world, id);
    await world.clock.sleep(Math.min(pause, left));
  }
}

/** Waits until an operation has ended or the time is over, and shows it as it is then. */
export const awaitEnd = async (world: World, id: string, seconds: number): Promise<Operation> =>
  present(world, await untilEnded(world, id, seconds));

/** One operation as callers see it, or undefined. */
export async function show(world: World, id: string): Promise<Operation | undefined> {
  const row = await loadOperation(world, id);
  return row ? present(world, row) : undefined;
}
