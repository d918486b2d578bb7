/** A cron expression of EventBridge Scheduler as questions: does this minute of a clock on the wall fit? Written from
 * AWS's user guide and not from the product's reader, so that a mistake of the one shows beside the other. */
export interface CronExpression {
  readonly fitsDay: (day: Date) => boolean;
  readonly fitsMinute: (hour: number, minute: number) => boolean;
  /** The last year in which it can fire. */
  readonly lastYear: number;
}

const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
const WEEKDAYS = "SUN MON TUE WED THU FRI SAT".split(" ");
const FIRST_YEAR = 1970;
const LAST_YEAR = 2199;

const daysIn = (day: Date) => new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();

type Test = (value: number) => boolean;

/** One field: a list of values, ranges and steps. Names stand for numbers from `first` on. */
function field(text: string, first: number, last: number, names: readonly string[] = []): Test {
  const number = (word: string): number => {
    const named = names.indexOf(word.toUpperCase());
    const value = named < 0 ? Number(word) : named + first;
    if (!/^\w+$/.test(word) || !Number.isInteger(value) || value < first || value > last)
      throw new RangeError(`"${word}" is not a value from ${first} to ${last}`);
    return value;
  };
  const tests = text.split(",").map((part): Test => {
    const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) throw new RangeError(`"${part}" is not a value, a range or a step`);
    const [, star, from, to, step] = match;
    const every = step === undefined ? 1 : Number(step);
    if (every < 1) throw new RangeError(`"${part}" has no step`);
    if (every > Math.min(last, last - first + 1)) throw new RangeError(`"${part}" has too long a step`);
    const low = star === undefined ? number(from ?? "") : first;
    const open = star !== undefined || (to === undefined && step !== undefined);
    const high = to === undefined ? (open ? last : low) : number(to);
    const size = last - first + 1;
    const span = (high - low + size) % size;
    return (value) => {
      const distance = (value - low + size) % size;
      return distance <= span && distance % every === 0;
    };
  });
  return (value) => tests.some((test) => test(value));
}

const isWorkday = (day: Date) => day.getUTCDay() > 0 && day.getUTCDay() < 6;

/** The workday nearest to a date of the month in which a day lies. */
function nearestWorkday(day: Date, date: number): number | undefined {
  if (date > daysIn(day)) return undefined;
  const distances = [0, -1, 1, -2, 2];
  return distances
    .map((distance) => date + distance)
    .find((near) => {
      const candidate = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), near));
      return candidate.getUTCMonth() === day.getUTCMonth() && isWorkday(candidate);
    });
}

function dateTest(text: string): (day: Date) => boolean {
  if (text === "L") return (day) => day.getUTCDate() === daysIn(day);
  if (text === "LW") return (day) => day.getUTCDate() === nearestWorkday(day, daysIn(day));
  const [, workday] = /^(\d+)W$/.exec(text) ?? [];
  if (workday !== undefined) {
    const date = Number(workday);
    if (!field("*", 1, 31)(date) || date < 1 || date > 31) throw new RangeError(`"${text}" is no day`);
    return (day) => day.getUTCDate() === nearestWorkday(day, date);
  }
  const test = field(text, 1, 31);
  return (day) => test(day.getUTCDate());
}

function weekdayTest(text: string): (day: Date) => boolean {
  const [, named, mark, count] = /^(\w*?)(?:(L)|#([1-5]))$/.exec(text) ?? [];
  const isKnown = WEEKDAYS.includes(text);
  if (!isKnown && (mark !== undefined || count !== undefined)) {
    if (named === "") return (day) => day.getUTCDay() === 6;
    const test = field(named ?? "", 1, 7, WEEKDAYS);
    return (day) => {
      const date = day.getUTCDate();
      const isPlace = count === undefined ? date + 7 > daysIn(day) : Math.ceil(date / 7) === Number(count);
      return test(day.getUTCDay() + 1) && isPlace;
    };
  }
  const test = field(text, 1, 7, WEEKDAYS);
  return (day) => test(day.getUTCDay() + 1);
}

/** Reads the six fields within `cron(…)`; throws a RangeError for what AWS refuses. */
export function readCron(body: string): CronExpression {
  const fields = body.trim().toUpperCase().split(/\s+/);
  const [minutes = "", hours = "", date = "", month = "", weekday = "", year = ""] = fields;
  if (fields.length !== 6) throw new RangeError(`it has ${fields.length} fields and not six`);
  if ((date === "?") === (weekday === "?")) throw new RangeError("exactly one of the day fields has to be ?");
  const [fitsMinutes, fitsHours] = [field(minutes, 0, 59), field(hours, 0, 23)];
  const [fitsMonth, fitsYear] = [field(month, 1, 12, MONTHS), field(year, FIRST_YEAR, LAST_YEAR)];
  const fitsDate = weekday === "?" ? dateTest(date) : weekdayTest(weekday);
  const years = Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, index) => FIRST_YEAR + index);
  return {
    fitsDay: (day) => fitsYear(day.getUTCFullYear()) && fitsMonth(day.getUTCMonth() + 1) && fitsDate(day),
    fitsMinute: (hour, minute) => fitsHours(hour) && fitsMinutes(minute),
    lastYear: years.findLast(fitsYear) ?? FIRST_YEAR,
  };
}
