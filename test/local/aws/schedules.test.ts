import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSchedules } from "../../../local/aws/schedules.ts";
import { virtualClock } from "../../kit/clock.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const QUEUE = "arn:aws:sqs:eu-central-1:000000000000:fire";
const RoleArn = "arn:aws:iam::000000000000:role/scheduler";

/** Noon, 23 November 2026, and whatever is fired since. */
function tower({
  file,
  clock = virtualClock(),
}: { file?: string; clock?: ReturnType<typeof virtualClock> } = {}) {
  const fired: string[] = [];
  const dead: string[] = [];
  const broken = { times: 0 };
  const schedules = createSchedules({
    clock,
    file,
    newId: () => "execution",
    random: () => 0.5,
    async invoke(_target, input) {
      if (broken.times > 0) {
        broken.times -= 1;
        throw new Error("target is down");
      }
      fired.push(input);
    },
    async deadLetter(arn, input, attributes) {
      dead.push(`${arn} ${input} ${attributes["EXHAUSTED_RETRY_CONDITION"]}`);
    },
  });
  /** Moves from one due time to the next, as a world in virtual time does. */
  const run = async (milliseconds: number) => {
    const end = clock.now().getTime() + milliseconds;
    for (let due = schedules.nextDue(); due !== undefined && due <= end; due = schedules.nextDue()) {
      await clock.advance(Math.max(0, due - clock.now().getTime()));
      await schedules.tick();
    }
    await clock.advance(end - clock.now().getTime());
  };
  return { clock, schedules, fired, dead, broken, run };
}

const FlexibleTimeWindow = { Mode: "OFF" as const };

const job = (ScheduleExpression: string, more = {}, target = {}) => ({
  Name: "nightly",
  ScheduleExpression,
  FlexibleTimeWindow,
  Target: { Arn: QUEUE, RoleArn, Input: "<aws.scheduler.scheduled-time>", ...target },
  ...more,
});

const file = () => {
  const folder = mkdtempSync(join(tmpdir(), "schedules-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "scheduler.jsonl");
};

test("a schedule fires at each of its times, in its own timezone", async () => {
  const { schedules, fired, run } = tower();
  schedules.create(job("cron(30 2 * * ? *)", { ScheduleExpressionTimezone: "Europe/Berlin" }));
  await run(48 * HOUR);
  expect(fired).toEqual(["2026-11-24T01:30:00Z", "2026-11-25T01:30:00Z"]);
});

test("the words of AWS in an input are replaced, others are left", async () => {
  const { schedules, fired, run } = tower();
  const Input =
    '{"at":"<aws.scheduler.scheduled-time>","by":"<aws.scheduler.schedule-arn>","n":<aws.scheduler.attempt-number>,"x":"<aws.scheduler.execution-id> <aws.scheduler.other>"}';
  schedules.create(job("at(2026-11-23T13:00:00)", {}, { Input }));
  await run(HOUR);
  expect(JSON.parse(fired[0] ?? "")).toEqual({
    at: "2026-11-23T13:00:00Z",
    by: "arn:aws:scheduler:eu-central-1:000000000000:schedule/default/nightly",
    n: 1,
    x: "execution <aws.scheduler.other>",
  });
});

test("a rate fires when it is made and then at its pace; start and end bound it", async () => {
  const { schedules, fired, run, clock } = tower();
  const StartDate = clock.now().getTime() + HOUR;
  schedules.create(job("rate(1 hour)", { StartDate, EndDate: StartDate + 2 * HOUR }));
  await run(10 * HOUR);
  expect(fired).toEqual(["2026-11-23T13:00:00Z", "2026-11-23T14:00:00Z", "2026-11-23T15:00:00Z"]);
});

test("a disabled schedule is quiet until it is enabled, and does not make up for it", async () => {
  const { schedules, fired, run } = tower();
  schedules.create(job("cron(0 * * * ? *)", { State: "DISABLED" }));
  await run(3 * HOUR);
  expect(fired).toEqual([]);
  schedules.update(job("cron(0 * * * ? *)"));
  await run(HOUR);
  expect(fired).toEqual(["2026-11-23T16:00:00Z"]);
});

test("a flexible window moves the call, not the scheduled time", async () => {
  const { schedules, fired, run, clock } = tower();
  const window = { Mode: "FLEXIBLE" as const, MaximumWindowInMinutes: 30 };
  schedules.create(job("cron(0 13 * * ? *)", { FlexibleTimeWindow: window }));
  expect(schedules.nextDue()).toBe(clock.now().getTime() + HOUR + 15 * MINUTE);
  await run(2 * HOUR);
  expect(fired).toEqual(["2026-11-23T13:00:00Z"]);
});

test("a failing target is tried again with the same scheduled time", async () => {
  const { schedules, fired, broken, run, dead } = tower();
  broken.times = 3;
  schedules.create(job("at(2026-11-23T13:00:00)"));
  await run(2 * HOUR);
  expect(fired).toEqual(["2026-11-23T13:00:00Z"]);
  expect(dead).toEqual([]);
});

test.each([
  [{ MaximumRetryAttempts: 2 }, 2, "MaximumRetryAttempts"],
  [{ MaximumEventAgeInSeconds: 60 }, 5, "MaximumEventAgeInSeconds"],
])(
  "retries end with %o, and the firing goes to the dead-letter queue",
  async (RetryPolicy, retries, condition) => {
    const { schedules, fired, broken, run, dead } = tower();
    broken.times = 1000;
    schedules.create(
      job("at(2026-11-23T13:00:00)", {}, { RetryPolicy, DeadLetterConfig: { Arn: `${QUEUE}-dead` } }),
    );
    await run(24 * HOUR);
    expect(1000 - broken.times).toBe(1 + retries);
    expect(fired).toEqual([]);
    expect(dead).toEqual([`${QUEUE}-dead 2026-11-23T13:00:00Z ${condition}`]);
  },
);

test("a schedule that wants it is deleted after its last firing, and not before that has succeeded", async () => {
  const { schedules, fired, broken, run } = tower();
  broken.times = 2;
  schedules.create(job("at(2026-11-23T13:00:00)", { ActionAfterCompletion: "DELETE" as const }));
  await run(HOUR);
  expect(schedules.list()).toHaveLength(1);
  await run(HOUR);
  expect(fired).toHaveLength(1);
  expect(schedules.list()).toEqual([]);
});

test("a deleted schedule takes its retries along", async () => {
  const { schedules, broken, fired, run } = tower();
  broken.times = 1;
  schedules.create(job("at(2026-11-23T13:00:00)"));
  await run(HOUR);
  schedules.delete("nightly");
  await run(HOUR);
  expect(fired).toEqual([]);
});

test("a tick while a call is under way does not make it a second time", async () => {
  const clock = virtualClock();
  const calls: (() => void)[] = [];
  const invoke = () => new Promise<void>((resolve) => calls.push(resolve));
  const schedules = createSchedules({ clock, invoke });
  schedules.create(job("at(2026-11-23T12:30:00)"));
  await clock.advance(HOUR);
  const ticks = [schedules.tick(), schedules.tick(), schedules.tick()];
  for (const finish of calls) finish();
  await Promise.all(ticks);
  expect(calls).toHaveLength(1);
});

test("after a time away the newest missed firing is made, once, and the schedule goes on", async () => {
  const clock = virtualClock();
  const path = file();
  const before = tower({ file: path, clock });
  before.schedules.create(job("cron(0 * * * ? *)"));
  await clock.advance(5 * HOUR + 10 * MINUTE);
  const after = tower({ file: path, clock });
  await after.run(HOUR);
  expect(before.fired).toEqual([]);
  expect(after.fired).toEqual(["2026-11-23T17:00:00Z", "2026-11-23T18:00:00Z"]);
});

test("a missed firing older than the maximum event age is not made", async () => {
  const clock = virtualClock();
  const path = file();
  const RetryPolicy = { MaximumEventAgeInSeconds: 3600 };
  tower({ file: path, clock }).schedules.create(job("cron(0 13 * * ? *)", {}, { RetryPolicy }));
  await clock.advance(3 * HOUR);
  const after = tower({ file: path, clock });
  await after.run(HOUR);
  expect(after.fired).toEqual([]);
  await after.run(24 * HOUR);
  expect(after.fired).toEqual(["2026-11-24T13:00:00Z"]);
});

test("a firing that had not succeeded when the process died is made after the restart", async () => {
  const clock = virtualClock();
  const path = file();
  const before = tower({ file: path, clock });
  before.broken.times = 1;
  before.schedules.create(job("at(2026-11-23T13:00:00)", { ActionAfterCompletion: "DELETE" as const }));
  await before.run(HOUR);
  const after = tower({ file: path, clock });
  await after.run(HOUR);
  expect(after.fired).toEqual(["2026-11-23T13:00:00Z"]);
  expect(after.schedules.list()).toEqual([]);
});
