import * as z from "zod";
import type { State } from "./state.ts";

/** How the next tasks of a type end, whatever they do. */
export const TaskExit = z.object({
  /** `qmstart`, `vzdump` and so on. */
  type: z.string(),
  vmid: z.number().optional(),
  exitstatus: z.string(),
  /** Whether the work is done all the same; by default when the exit status tells of a success. */
  effect: z.boolean().optional(),
  times: z.number().int().min(1).default(1),
});
export type TaskExit = z.infer<typeof TaskExit>;

/** Success is `OK` or `WARNINGS: n`. */
export const hasEffect = ({ effect, exitstatus }: TaskExit): boolean =>
  effect ?? /^(OK|WARNINGS: \d+)$/.test(exitstatus);

/** The exit that is wanted of a task that begins, counted down. */
export function takeExit(state: State, { type, id }: { type: string; id: string }): TaskExit | undefined {
  const exit = state.exits?.find((one) => one.type === type && (one.vmid ?? id).toString() === id);
  if (!exit) return undefined;
  exit.times -= 1;
  if (exit.times === 0) state.exits = state.exits?.filter((one) => one !== exit);
  return exit;
}
