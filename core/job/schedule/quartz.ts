import { ScheduleError } from "./error.ts";
import { FIELDS, plain } from "./field.ts";

/** Quartz, `seconds minutes hours day-of-month month day-of-week [year]`, as AWS writes it: the same without seconds. */
export function fromQuartz(text: string): string {
  const [seconds = "", minutes, hours, dayOfMonth = "", month = "", dayOfWeek = "", year = "*"] =
    text.split(/\s+/);
  if (!/^0+$/.test(seconds)) {
    throw new ScheduleError(
      `"${seconds}" cannot be kept: a schedule starts on the full minute, write 0`,
      "seconds",
    );
  }
  if (month === "?") {
    throw new ScheduleError('"?" is not a value; an AWS expression is written as cron(…)', FIELDS.month.name);
  }
  const days = dayFields(dayOfMonth, dayOfWeek);
  return `cron(${plain([minutes, hours, days[0], month, days[1], year].join(" "))})`;
}

/** Quartz wants one ? itself; some tools write * for both, which means the same where no number of a weekday stands. */
function dayFields(dayOfMonth: string, dayOfWeek: string): [string, string] {
  if (dayOfMonth === "?" || dayOfWeek === "?") {
    return dayOfMonth === dayOfWeek ? ["*", "?"] : [dayOfMonth, dayOfWeek];
  }
  if (dayOfWeek === "*") return [dayOfMonth, "?"];
  if (dayOfMonth === "*" && /\d/.test(dayOfWeek)) {
    const advice = "write names, such as MON-FRI, or ? as day-of-month if 1 is Sunday";
    const reason = "without a ? it is no Quartz, where 1 is Sunday, and in other six-field crons 1 is Monday";
    throw new ScheduleError(
      `"${dayOfWeek}" can mean two things: ${reason}; ${advice}`,
      FIELDS.dayOfWeek.name,
    );
  }
  if (dayOfMonth === "*") return ["?", dayOfWeek];
  throw new ScheduleError(
    `"${dayOfMonth}" and day-of-week "${dayOfWeek}" are both set; one must be ?`,
    FIELDS.dayOfMonth.name,
  );
}
