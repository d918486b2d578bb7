import { expect, test } from "vitest";
import { next, normalise, ScheduleError, upcoming } from "../../../../core/job/schedule/index.ts";

test.each([
  ["0 2 * * *", "posix", "cron(0 2 * * ? *)"],
  ["*/15 0-6 * * 1-5", "posix", "cron(0/15 0-6 ? * 2-6 *)"],
  ["0 0 * * 0", "posix", "cron(0 0 ? * 1 *)"],
  ["0 0 * * 7", "posix", "cron(0 0 ? * 1 *)"],
  ["0 0 * * 0,7", "posix", "cron(0 0 ? * 1 *)"],
  ["0 0 * * 5-7", "posix", "cron(0 0 ? * 1,6,7 *)"],
  ["0 0 * * 0-6", "posix", "cron(0 0 * * ? *)"],
  ["0 0 1-31 * *", "posix", "cron(0 0 * * ? *)"],
  ["0 0 ? * 1", "posix", "cron(0 0 ? * 2 *)"],
  ["0 0 * 2 1#5", "posix", "cron(0 0 ? 2 2#5 *)"],
  ["0 0 * * */2", "posix", "cron(0 0 ? * 1,3,5,7 *)"],
  ["0 0 * jan,jul mon-fri", "posix", "cron(0 0 ? JAN,JUL MON-FRI *)"],
  ["0 0 * * fri-sun", "posix", "cron(0 0 ? * SUN,FRI,SAT *)"],
  ["05 03 L * *", "posix", "cron(5 3 L * ? *)"],
  ["0 18 * * 5#3", "posix", "cron(0 18 ? * 6#3 *)"],
  ["0 18 * * 0L", "posix", "cron(0 18 ? * 1L *)"],
  ["@daily", "posix", "cron(0 0 * * ? *)"],
  ["@weekly", "posix", "cron(0 0 ? * 1 *)"],
  ["0 0 2 * * ?", "quartz", "cron(0 2 * * ? *)"],
  ["0 0 2 ? * MON-FRI", "quartz", "cron(0 2 ? * MON-FRI *)"],
  ["0 0 2 * * *", "quartz", "cron(0 2 * * ? *)"],
  ["0 0/5 14,18 * * ? 2027", "quartz", "cron(0/5 14,18 * * ? 2027)"],
  ["0 15 10 ? * 6#3", "quartz", "cron(15 10 ? * 6#3 *)"],
  ["cron(0   3 ? * MON-FRI *)", "aws", "cron(0 3 ? * MON-FRI *)"],
  ["rate(1 hours)", "aws", "rate(1 hour)"],
  ["at(2027-01-31T03:00:00)", "aws", "at(2027-01-31T03:00:00)"],
  ["mon..fri 02:30", "proxmox", "cron(30 2 ? * MON-FRI *)"],
  ["*:0/15", "proxmox", "cron(0/15 * * * ? *)"],
  ["*/5", "proxmox", "cron(0/5 * * * ? *)"],
  ["minutely", "proxmox", "cron(* * * * ? *)"],
  ["hourly", "proxmox", "cron(0 * * * ? *)"],
  ["daily", "proxmox", "cron(0 0 * * ? *)"],
  ["weekly", "proxmox", "cron(0 0 ? * MON *)"],
  ["Monthly", "proxmox", "cron(0 0 1 * ? *)"],
  ["quarterly", "proxmox", "cron(0 0 1 1,4,7,10 ? *)"],
  ["22:00", "proxmox", "cron(0 22 * * ? *)"],
  ["22:00:00", "proxmox", "cron(0 22 * * ? *)"],
  ["mon,wed 3:00", "proxmox", "cron(0 3 ? * MON,WED *)"],
  ["saturday, sunday 3:00", "proxmox", "cron(0 3 ? * SAT,SUN *)"],
  ["sat,sun", "proxmox", "cron(0 0 ? * SAT,SUN *)"],
  ["mon..wed 30/10", "proxmox", "cron(30/10 * ? * MON-WED *)"],
  ["mon..fri 8..17,22:0/15", "proxmox", "cron(0/15 8-17,22 ? * MON-FRI *)"],
  ["fri 12..13:5/20", "proxmox", "cron(5/20 12-13 ? * FRI *)"],
  ["*-*-1 4:00", "proxmox", "cron(0 4 1 * ? *)"],
  ["*-05", "proxmox", "cron(0 0 5 * ? *)"],
  ["2027-10-21 4:00", "proxmox", "cron(0 4 21 10 ? 2027)"],
  ["Sat *-1..7 15:00", "proxmox", "cron(0 15 ? * 7#1 *)"],
  ["fri *-15..21", "proxmox", "cron(0 0 ? * 6#3 *)"],
])('"%s" is %s and means %s', (text, form, expression) => {
  const first = normalise(text, "Europe/Berlin");
  expect(first).toEqual({ form, expression });
  expect(normalise(first.expression, "Europe/Berlin")).toEqual({ form: "aws", expression });
});

test.each([
  ["0 0 1 * 1", "UTC", "day-of-month", "either"],
  ["0 0 */2 * 1", "UTC", "day-of-month", "either"],
  ["0 0 1-31 * 1", "UTC", "day-of-month", "either"],
  ["0 0 */1 * 1", "UTC", "day-of-month", "either"],
  ["0 0 15 * 0-6", "UTC", "day-of-month", "either"],
  ["0 0 15 * */1", "UTC", "day-of-month", "either"],
  ["0 0 2 * * 1-5", "UTC", "day-of-week", "MON-FRI"],
  ["0 0 2 * * 0", "UTC", "day-of-week", "1 is Sunday"],
  ["0 0 2 * 1 MON,3 2027", "UTC", "day-of-week", "two things"],
  ["60 * * * *", "UTC", "minutes", "60 is outside 0-59"],
  ["0 24 * * *", "UTC", "hours", "24 is outside 0-23"],
  ["0 0 0 * *", "UTC", "day-of-month", "0 is outside 1-31"],
  ["0 0 1 13 *", "UTC", "month", "13 is outside 1-12"],
  ["0 0 * * 8", "UTC", "day-of-week", "8 is outside 0-7"],
  ["0 22-2 * * *", "UTC", "hours", '"22-2" runs backwards'],
  ["*/0 * * * *", "UTC", "minutes", "step"],
  ["*/60 * * * *", "UTC", "minutes", "longer than 59"],
  ["*/90 * * * *", "UTC", "minutes", "longer than 59"],
  ["5-40/90 * * * *", "UTC", "minutes", "longer than 59"],
  ["0 */36 * * *", "UTC", "hours", "longer than 23"],
  ["0 0 */45 * *", "UTC", "day-of-month", "longer than 31"],
  ["0 0 1 */13 *", "UTC", "month", "longer than 12"],
  ["0 0 * * */8", "UTC", "day-of-week", "longer than 7"],
  ["0 0/90 * * * ?", "UTC", "minutes", "longer than 59"],
  ["cron(0 0/36 * * ? *)", "UTC", "hours", "longer than 23"],
  ["cron(0 0 1 1 ? 2027/300)", "UTC", "year", "longer than 230"],
  ["x * * * *", "UTC", "minutes", '"x" is not a value'],
  ["0 0 31 2 *", "UTC", undefined, "never fires"],
  ["@reboot", "UTC", undefined, "@daily"],
  ["5 0 2 * * ?", "UTC", "seconds", "full minute"],
  ["*/10 * * * * ?", "UTC", "seconds", "full minute"],
  ["0 0 2 1 * MON", "UTC", "day-of-month", "one must be ?"],
  ["0 2 * * ? *", "UTC", "month", "cron("],
  ["cron(0 2 * * *)", "UTC", undefined, "six fields"],
  ["cron(0 2 * * * *)", "UTC", "day-of-week", "exactly one"],
  ["cron(0 2 ? * ? *)", "UTC", "day-of-week", "exactly one"],
  ["cron(0 2 ? * 2#6 *)", "UTC", "day-of-week", "#6"],
  ["cron(0 2 * * ? 2200)", "UTC", "year", "outside 1970-2199"],
  ["cron(0 0 31 4,6 ? *)", "UTC", undefined, "never fires"],
  ["cron(0 0 29 2 ? 2100)", "UTC", undefined, "never fires"],
  ["cron(30 2 ? 3 1L *)", "Europe/Berlin", undefined, "never fires"],
  ["rate(0 minutes)", "UTC", "rate", "0 minutes"],
  ["rate(5 weeks)", "UTC", "rate", "5 weeks"],
  ["at(2027-04-31T03:00:00)", "UTC", "at", "2027-04-31"],
  ["at(2027-03-28T02:30:00)", "Europe/Berlin", undefined, "never fires"],
  ["10:00:30", "UTC", "seconds", "full minute"],
  ["25:00", "UTC", "hours", "25 is outside"],
  ["mon *-1..5", "UTC", "day-of-month", "nth"],
  ["mon..fri *-1..7", "UTC", "day-of-month", "nth"],
  ["monkey 2:00", "UTC", "day-of-week", "monkey"],
  ["every night", "UTC", undefined, "no schedule"],
  ["", "UTC", undefined, "no schedule"],
  ["0 2 * *", "UTC", undefined, "no schedule"],
  ["daily", "Mars/Olympus", "timezone", "Mars/Olympus"],
  ["daily", "+01:00", "timezone", "+01:00"],
  ["daily", "europe/berlin", "timezone", "write Europe/Berlin"],
  ["daily", "utc", "timezone", "write UTC"],
  ["daily", "PST", "timezone", "is not an IANA timezone"],
  ["daily", "SystemV/EST5", "timezone", "is not an IANA timezone"],
])('E3: "%s" in %s is refused for its %s: %s', (text, timezone, field, reason) => {
  const attempt = () => normalise(text, timezone);
  expect(attempt).toThrow(ScheduleError);
  expect(attempt).toThrow(expect.objectContaining({ field, message: expect.stringContaining(reason) }));
});

test("a schedule in the past is no error of writing, it has no next time", () => {
  const { expression } = normalise("at(2020-01-01T00:00:00)", "UTC");
  expect(next(expression, new Date("2026-11-23T00:00Z"), "UTC")).toBeUndefined();
  expect(upcoming(expression, { after: new Date("2026-11-23T00:00Z") }, "UTC", 10)).toEqual([]);
});

test("next and upcoming refuse an unknown timezone and a form that is not of AWS", () => {
  expect(() => next("rate(1 day)", new Date(0), "Nowhere")).toThrow(ScheduleError);
  expect(() => upcoming("0 2 * * *", { after: new Date(0) }, "UTC", 1)).toThrow(ScheduleError);
});

test("E1, E3: a weekday that is written plainly is taken in both six-field dialects, and a star means every day", () => {
  const meaning = (text: string) => normalise(text, "UTC").expression;
  expect(meaning("0 0 2 * * MON-FRI")).toBe("cron(0 2 ? * MON-FRI *)");
  expect(meaning("0 0 2 ? * 2-6")).toBe("cron(0 2 ? * 2-6 *)");
  expect(meaning("0 0 * * 0-6")).toBe("cron(0 0 * * ? *)");
});

test("E2: a fifth weekday of a February, which 40 years may lack around 2100, does fire", () => {
  for (const day of ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]) {
    const { expression } = normalise(`cron(0 0 ? 2 ${day}#5 *)`, "UTC");
    for (const year of [2026, 2052, 2080, 2088, 2096]) {
      const found = next(expression, new Date(Date.UTC(year, 5)), "UTC");
      expect(found?.toISOString()).toMatch(/-02-29T00:00:00/);
    }
  }
});
