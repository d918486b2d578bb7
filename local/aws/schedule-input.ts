import { AwsError, parseOr } from "./aws-error.ts";
import { nextFiring } from "./next-firing.ts";
import { ScheduleInput } from "./schedule-schemas.ts";
import type { Schedule } from "./schedule-schemas.ts";
import { keyOf } from "./schedule-state.ts";

const ARN = "arn:aws:scheduler:eu-central-1:000000000000";

export const groupArn = (name: string) => `${ARN}:schedule-group/${name}`;

/** The three refusals of EventBridge Scheduler. */
export const conflict = (message: string) => new AwsError("ConflictException", message, 409);
export const notFound = (message: string) => new AwsError("ResourceNotFoundException", message, 404);
export const invalid = (message: string) => new AwsError("ValidationException", message);

/** Reads a schedule as AWS would, its expression and timezone included; `now` becomes its dates. */
export function readSchedule(input: ScheduleInput, now: number): Schedule {
  const parsed = parseOr("ValidationException", ScheduleInput, input);
  const { ScheduleExpression: expression, ScheduleExpressionTimezone: timezone, StartDate, EndDate } = parsed;
  try {
    nextFiring(expression, now, timezone, now);
  } catch (error) {
    if (error instanceof RangeError)
      throw invalid(`Invalid Schedule Expression ${expression}. ${error.message}`);
    throw error;
  }
  if (StartDate !== undefined && EndDate !== undefined && EndDate <= StartDate) {
    throw invalid("The EndDate must come after the StartDate.");
  }
  return { ...parsed, Arn: `${ARN}:schedule/${keyOf(parsed)}`, CreationDate: now, LastModificationDate: now };
}
