import { fromCalendar, isCalendarEvent } from "./calendar.ts";
import { ScheduleError } from "./error.ts";
import { isAwsForm, parseExpression } from "./expression.ts";
import { next } from "./next.ts";
import { expandMacro, fromPosix } from "./posix.ts";
import { fromQuartz } from "./quartz.ts";
import { checkTimezone } from "./zone.ts";

/** The dialect in which a schedule was written. */
export type ScheduleForm = "posix" | "quartz" | "aws" | "proxmox";

/** A schedule as AWS Scheduler takes it, and the dialect it came in. */
export interface Normalised {
  readonly expression: string;
  readonly form: ScheduleForm;
}

/** Years without a firing are judged from here on: late enough that today's rules of summer time hold. */
const PRESENT = new Date("2020-01-01T00:00:00Z");

/**
 * Translates what a user wrote. Throws ScheduleError for what is wrong, for what AWS cannot do, for an unknown timezone and
 * for a schedule that never fires. One that lies in the past is not an error: `next` says so.
 */
export function normalise(text: string, timezone: string): Normalised {
  checkTimezone(timezone);
  const { expression, form } = translate(text.trim());
  const parsed = parseExpression(expression);
  const origin = parsed.kind === "cron" && !parsed.years ? PRESENT : new Date(0);
  if (!next(parsed.text, origin, timezone)) throw new ScheduleError(`"${text}" never fires in ${timezone}`);
  return { expression: parsed.text, form };
}

function translate(text: string): Normalised {
  if (isAwsForm(text))
    return {
      form: "aws",
      expression: text.replace(/^\w+\s*\(/, (head) => head.toLowerCase().replace(/\s/, "")),
    };
  if (text.startsWith("@")) return { form: "posix", expression: fromPosix(expandMacro(text)) };
  const fields = text.split(/\s+/).length;
  if (fields === 5) return { form: "posix", expression: fromPosix(text) };
  if (fields === 6 || fields === 7) return { form: "quartz", expression: fromQuartz(text) };
  if (isCalendarEvent(text)) return { form: "proxmox", expression: fromCalendar(text) };
  throw new ScheduleError(
    `"${text}" is no schedule: give cron with five fields, Quartz with six, cron(…), rate(…), at(…) or a calendar event such as "mon..fri 02:30"`,
  );
}
