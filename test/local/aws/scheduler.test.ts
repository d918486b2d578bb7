import * as S from "@aws-sdk/client-scheduler";
import { expect, onTestFinished, test } from "vitest";
import { onAws, schedulerStage, unique } from "./stage.ts";

// Against AWS both must exist; nothing is fired there, since the schedules lie in the far future.
const Arn = process.env["MOXXIE_TEST_TARGET_ARN"] ?? "arn:aws:sqs:eu-central-1:000000000000:fire";
const RoleArn = process.env["MOXXIE_TEST_ROLE_ARN"] ?? "arn:aws:iam::000000000000:role/scheduler";

/** A group of its own, and a way to fill in what a schedule needs. */
async function shop() {
  const stage = await schedulerStage();
  const GroupName = unique("group");
  await stage.client.send(new S.CreateScheduleGroupCommand({ Name: GroupName }));
  onTestFinished(
    async () => void (await stage.client.send(new S.DeleteScheduleGroupCommand({ Name: GroupName }))),
  );
  const job = (
    Name: string,
    more: Partial<S.CreateScheduleCommandInput> = {},
  ): S.CreateScheduleCommandInput => ({
    Name,
    GroupName,
    ScheduleExpression: "cron(0 3 1 1 ? 2100)",
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: { Arn, RoleArn, Input: '{"at":"<aws.scheduler.scheduled-time>"}' },
    ...more,
  });
  const create = (Name: string, more: Partial<S.CreateScheduleCommandInput> = {}) =>
    stage.client.send(new S.CreateScheduleCommand(job(Name, more)));
  return { ...stage, GroupName, job, create };
}

test("a schedule comes back as it was made, with the defaults filled in", async () => {
  const { client, create, GroupName } = await shop();
  const StartDate = new Date("2099-01-01T00:00:00Z");
  const { ScheduleArn } = await create("nightly", { ScheduleExpressionTimezone: "Europe/Berlin", StartDate });
  const got = await client.send(new S.GetScheduleCommand({ Name: "nightly", GroupName }));
  expect(got).toMatchObject({
    Arn: ScheduleArn,
    Name: "nightly",
    GroupName,
    State: "ENABLED",
    ScheduleExpressionTimezone: "Europe/Berlin",
    StartDate,
    ActionAfterCompletion: "NONE",
    Target: { Arn, RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } },
  });
  expect(got.CreationDate).toBeInstanceOf(Date);
});

test("an update replaces the whole schedule and keeps its creation date", async () => {
  const { client, create, job, GroupName } = await shop();
  await create("nightly", { Description: "old", State: "DISABLED" });
  const before = await client.send(new S.GetScheduleCommand({ Name: "nightly", GroupName }));
  await client.send(new S.UpdateScheduleCommand(job("nightly", { ScheduleExpression: "rate(365 days)" })));
  const after = await client.send(new S.GetScheduleCommand({ Name: "nightly", GroupName }));
  expect(after).toMatchObject({ ScheduleExpression: "rate(365 days)", State: "ENABLED" });
  expect(after.Description).toBeUndefined();
  expect(after.CreationDate).toEqual(before.CreationDate);
});

test("the same name again is a conflict, unless it is the same call", async () => {
  const { create } = await shop();
  const { ScheduleArn } = await create("nightly", { ClientToken: "one" });
  expect((await create("nightly", { ClientToken: "one" })).ScheduleArn).toBe(ScheduleArn);
  await expect(create("nightly", { ClientToken: "two" })).rejects.toThrow(S.ConflictException);
});

test("what is not there is not found: schedule, group, update, delete", async () => {
  const { client, create, job, GroupName } = await shop();
  const calls = [
    () => client.send(new S.GetScheduleCommand({ Name: "absent", GroupName })),
    () => client.send(new S.DeleteScheduleCommand({ Name: "absent", GroupName })),
    () => client.send(new S.UpdateScheduleCommand(job("absent"))),
    () => client.send(new S.GetScheduleGroupCommand({ Name: unique("absent") })),
    () => create("nightly", { GroupName: unique("absent") }),
  ];
  for (const call of calls) await expect(call()).rejects.toThrow(S.ResourceNotFoundException);
});

test("what AWS would refuse is refused, and nothing is made", async () => {
  const { client, create, GroupName } = await shop();
  const wrong: Partial<S.CreateScheduleCommandInput>[] = [
    { ScheduleExpression: "0 3 * * *" },
    { ScheduleExpression: "cron(0 3 * * * *)" },
    { ScheduleExpression: "rate(5 weeks)" },
    { ScheduleExpressionTimezone: "Mars/Olympus" },
    { FlexibleTimeWindow: { Mode: "FLEXIBLE" } },
    { Target: { Arn: "fire", RoleArn } },
    { Target: { Arn, RoleArn, RetryPolicy: { MaximumRetryAttempts: 186 } } },
  ];
  for (const more of wrong) await expect(create("wrong", more)).rejects.toThrow(S.ValidationException);
  const { Schedules } = await client.send(new S.ListSchedulesCommand({ GroupName }));
  expect(Schedules).toEqual([]);
});

test("a list is complete over its pages, and can be narrowed", async () => {
  const { client, create, GroupName } = await shop();
  const names = Array.from({ length: 7 }, (_, index) => `job-${index}`);
  for (const name of names) await create(name, { State: name === "job-3" ? "DISABLED" : "ENABLED" });
  await create("other");
  const seen: (string | undefined)[] = [];
  const pages = S.paginateListSchedules({ client, pageSize: 3 }, { GroupName, NamePrefix: "job-" });
  for await (const page of pages) seen.push(...(page.Schedules ?? []).map((schedule) => schedule.Name));
  expect(new Set(seen)).toEqual(new Set(names));
  expect(seen).toHaveLength(names.length);
  const disabled = await client.send(new S.ListSchedulesCommand({ GroupName, State: "DISABLED" }));
  expect(disabled.Schedules).toMatchObject([{ Name: "job-3", GroupName, Target: { Arn } }]);
});

test("groups are made, listed and not made twice; the default one stays", async () => {
  const { client, GroupName } = await shop();
  await expect(client.send(new S.CreateScheduleGroupCommand({ Name: GroupName }))).rejects.toThrow(
    S.ConflictException,
  );
  const { ScheduleGroups } = await client.send(new S.ListScheduleGroupsCommand({ NamePrefix: GroupName }));
  expect(ScheduleGroups).toMatchObject([{ Name: GroupName, State: "ACTIVE" }]);
  const drop = new S.DeleteScheduleGroupCommand({ Name: "default" });
  await expect(client.send(drop)).rejects.toThrow(S.ValidationException);
});

test.runIf(!onAws)("a running scheduler fires by itself", async () => {
  const { client, create, pass, fired, GroupName } = await shop();
  await create("soon", { ScheduleExpression: "at(2026-11-23T12:00:30)", ActionAfterCompletion: "DELETE" });
  await pass(29);
  expect(fired).toEqual([]);
  await pass(2);
  expect(fired).toEqual(['{"at":"2026-11-23T12:00:30Z"}']);
  await expect(client.send(new S.GetScheduleCommand({ Name: "soon", GroupName }))).rejects.toThrow(
    S.ResourceNotFoundException,
  );
});
