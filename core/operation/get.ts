import * as z from "zod";
import type { World } from "../context.ts";
import { Duration } from "../lib/duration.ts";
import { Fault } from "../lib/fault.ts";
import { verb } from "../verb.ts";
import { loadOperation, type OperationRow } from "./operation.ts";
import { Operation, present } from "./view.ts";

const LOOK_MS = 250;

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

/** One operation with its progress; `wait` holds the answer until it has ended. */
export const get = verb({
  action: "operation.get",
  effect: "read",
  input: z.strictObject({ operation: OperationId, wait: Duration({ min: 0, max: 25 }).optional() }),
  output: Operation,
  run: (ctx, input) => awaitEnd(ctx, input.operation, input.wait ?? 0),
});

/** Waits until an operation has ended or the time is over, and shows it as it is then. */
export async function awaitEnd(world: World, id: string, seconds: number): Promise<Operation> {
  const until = world.clock.now().getTime() + seconds * 1000;
  for (;;) {
    const row = await need(world, id);
    if (row.state !== "open" || world.clock.now().getTime() >= until) return present(world, row);
    await world.clock.sleep(LOOK_MS);
  }
}

/** One operation as callers see it, or undefined. */
export async function show(world: World, id: string): Promise<Operation | undefined> {
  const row = await loadOperation(world, id);
  return row ? present(world, row) : undefined;
}
