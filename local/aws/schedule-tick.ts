import type { Clock } from "../../core/lib/clock.ts";
import { catchUp, inputOf, isTooOld, retryOf, scheduledTime } from "./schedule-fire.ts";
import type { Firing, ScheduleChange, Target } from "./schedule-schemas.ts";
import type { ScheduleState } from "./schedule-state.ts";

/** What is known of a firing besides the target's input. */
export interface Invocation {
  readonly scheduleArn: string;
  readonly scheduledTime: string;
  readonly executionId: string;
  /** Counts from 1. */
  readonly attempt: number;
}

/** Calls a target; a rejection is tried again as the target's retry policy says. */
export type Invoke = (target: Target, input: string, invocation: Invocation) => Promise<void>;

/** Takes what could not be delivered, with the attributes AWS puts on the message. */
export type DeadLetter = (arn: string, input: string, attributes: Record<string, string>) => Promise<void>;

/** What a scheduler needs from outside. */
export interface SchedulesOptions {
  readonly clock: Clock;
  readonly invoke: Invoke;
  /** Takes a firing whose retries are used up, when its target names a dead-letter queue. */
  readonly deadLetter?: DeadLetter | undefined;
  /** Journal on disk; without it the schedules live in memory. */
  readonly file?: string | undefined;
  /** Execution ids, and the place in a flexible window (0 to 1); a test that needs the same ones again brings its own. */
  readonly newId?: (() => string) | undefined;
  readonly random?: (() => number) | undefined;
}

interface Room {
  readonly state: ScheduleState;
  /** Firings whose attempt is under way. */
  readonly running: Set<string>;
  readonly commit: (change: ScheduleChange) => void;
  readonly now: () => number;
  readonly invoke: Invoke;
  readonly deadLetter: DeadLetter | undefined;
  readonly newId: () => string;
  readonly random: () => number;
}

/** Turns what is due into firings, stores them, and tries each that waits. Never rejects. */
export async function tick(room: Room): Promise<void> {
  const now = room.now();
  for (const [key, due] of room.state.due) if (due.fireAt <= now) fire(room, key, now);
  const waiting = [...room.state.firings.values()].filter(
    (firing) => firing.notBefore <= now && !room.running.has(firing.id),
  );
  await Promise.all(waiting.map((firing) => attempt(room, firing)));
}

/** Epoch ms of the earliest thing to do that is not under way. */
export function nextTick({ due, firings }: ScheduleState, running: ReadonlySet<string>): number | undefined {
  const waiting = [...firings.values()].filter((firing) => !running.has(firing.id));
  const times = [
    ...[...due.values()].map(({ fireAt }) => fireAt),
    ...waiting.map(({ notBefore }) => notBefore),
  ];
  return times.length > 0 ? Math.min(...times) : undefined;
}

function fire({ state, commit, newId, random }: Room, key: string, now: number): void {
  const [schedule, due] = [state.schedules.get(key), state.due.get(key)];
  if (!schedule || !due) return;
  const { newest, following } = catchUp(schedule, due, now, random);
  const firing = { id: newId(), key, at: newest.at, attempt: 1, notBefore: now, target: schedule.Target };
  // The firing first: a kill between the two fires again, the other way round it would be lost.
  if (!isTooOld(firing, now)) commit({ kind: "fire", firing });
  commit({ kind: "plan", key, due: following });
  complete({ state, commit }, key);
}

async function attempt(room: Room, firing: Firing): Promise<void> {
  const { state, running, commit, invoke, now } = room;
  const scheduleArn = state.schedules.get(firing.key)?.Arn ?? "";
  const input = inputOf(firing, scheduleArn);
  const [executionId, time] = [firing.id, scheduledTime(firing)];
  running.add(firing.id);
  try {
    await invoke(firing.target, input, {
      scheduleArn,
      scheduledTime: time,
      executionId,
      attempt: firing.attempt,
    });
    commit({ kind: "settle", id: firing.id });
  } catch (error) {
    const retry = retryOf(firing, now());
    // A schedule deleted meanwhile has taken its firings along.
    if (retry && state.firings.has(firing.id)) commit({ kind: "fire", firing: retry });
    else if (state.firings.has(firing.id)) await bury(room, firing, error);
  } finally {
    running.delete(firing.id);
  }
  complete(room, firing.key);
}

async function bury({ state, deadLetter, commit }: Room, firing: Firing, error: unknown): Promise<void> {
  const arn = firing.target.DeadLetterConfig?.Arn;
  const scheduleArn = state.schedules.get(firing.key)?.Arn ?? "";
  const used = firing.attempt > firing.target.RetryPolicy.MaximumRetryAttempts;
  const attributes = {
    ERROR_CODE: error instanceof Error ? error.name : "Error",
    ERROR_MESSAGE: error instanceof Error ? error.message : String(error),
    EXECUTION_ID: firing.id,
    EXHAUSTED_RETRY_CONDITION: used ? "MaximumRetryAttempts" : "MaximumEventAgeInSeconds",
    SCHEDULED_TIME: scheduledTime(firing),
    SCHEDULE_ARN: scheduleArn,
    TARGET_ARN: firing.target.Arn,
  };
  commit({ kind: "settle", id: firing.id });
  // AWS drops the event as well when the dead-letter queue does not take it.
  if (arn !== undefined)
    await deadLetter?.(arn, inputOf(firing, scheduleArn), attributes).catch(() => undefined);
}

/** Deletes a schedule that is over and says that it wants that, once no attempt of it is left. */
function complete({ state, commit }: Pick<Room, "state" | "commit">, key: string): void {
  const schedule = state.schedules.get(key);
  if (schedule?.ActionAfterCompletion !== "DELETE" || schedule.State === "DISABLED" || state.due.has(key))
    return;
  if ([...state.firings.values()].some((firing) => firing.key === key)) return;
  commit({ kind: "delete", key });
}
