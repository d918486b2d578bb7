import * as z from "zod";
import { parseOr } from "./aws-error.ts";
import type { Call } from "./http.ts";
import { notFound } from "./schedule-input.ts";
import { ScheduleInput } from "./schedule-schemas.ts";
import type { Group, Schedule } from "./schedule-schemas.ts";
import type { Schedules } from "./schedules.ts";

const toMilliseconds = z
  .number()
  .transform((seconds) => seconds * 1000)
  .optional();

/** A schedule as the wire has it: dates are epoch seconds, the name is in the path. */
const WireSchedule = ScheduleInput.extend({ StartDate: toMilliseconds, EndDate: toMilliseconds });

const Page = z.object({
  MaxResults: z.coerce.number().int().min(1).max(100).default(100),
  NextToken: z.string().default(""),
});

/** Answers one call of the REST protocol of EventBridge Scheduler. */
export function route(schedules: Schedules, call: Call): object {
  const [kind = "", name, ...rest] = call.url.pathname.split("/").slice(1).map(decodeURIComponent);
  if (rest.length > 0) throw unknown(call);
  if (kind === "schedules")
    return name ? scheduleRoute(schedules, call, name) : listSchedules(schedules, call);
  if (kind === "schedule-groups")
    return name ? groupRoute(schedules, call, name) : listGroups(schedules, call);
  throw unknown(call);
}

function scheduleRoute(schedules: Schedules, call: Call, name: string): object {
  const group = call.url.searchParams.get("groupName") ?? "default";
  switch (call.method) {
    case "POST":
      return { ScheduleArn: schedules.create(inputOf(call, name)) };
    case "PUT":
      return { ScheduleArn: schedules.update(inputOf(call, name)) };
    case "GET":
      return view(schedules.get(name, group));
    case "DELETE":
      schedules.delete(name, group);
      return {};
    default:
      throw unknown(call);
  }
}

function inputOf(call: Call, Name: string): ScheduleInput {
  const body = parseOr(
    "ValidationException",
    z.record(z.string(), z.unknown()),
    JSON.parse(call.body || "{}"),
  );
  return parseOr("ValidationException", WireSchedule, { ...body, Name });
}

function groupRoute(schedules: Schedules, call: Call, name: string): object {
  switch (call.method) {
    case "POST":
      return { ScheduleGroupArn: schedules.createGroup(name).Arn };
    case "GET":
      return groupView(schedules.getGroup(name));
    case "DELETE":
      schedules.deleteGroup(name);
      return {};
    default:
      throw unknown(call);
  }
}

function listSchedules(schedules: Schedules, call: Call): object {
  if (call.method !== "GET") throw unknown(call);
  const query = call.url.searchParams;
  const [group, prefix, state] = [
    query.get("ScheduleGroup"),
    query.get("NamePrefix") ?? "",
    query.get("State"),
  ];
  const found = schedules
    .list()
    .filter(
      (schedule) => (group ?? schedule.GroupName) === schedule.GroupName && schedule.Name.startsWith(prefix),
    )
    .filter((schedule) => (state ?? schedule.State) === schedule.State);
  if (group !== null) schedules.getGroup(group);
  const { items, NextToken } = paged(found, (schedule) => schedule.Arn, call);
  return { Schedules: items.map(summary), NextToken };
}

function listGroups(schedules: Schedules, call: Call): object {
  if (call.method !== "GET") throw unknown(call);
  const prefix = call.url.searchParams.get("NamePrefix") ?? "";
  const found = schedules.listGroups().filter((group) => group.Name.startsWith(prefix));
  const { items, NextToken } = paged(found, (group) => group.Arn, call);
  return { ScheduleGroups: items.map(groupView), NextToken };
}

/** A page after the item that the token names; items come in the order of their ids. */
function paged<T>(items: readonly T[], idOf: (item: T) => string, call: Call) {
  const { MaxResults, NextToken } = parseOr(
    "ValidationException",
    Page,
    Object.fromEntries(call.url.searchParams),
  );
  const after = Buffer.from(NextToken, "base64url").toString();
  const rest = items.filter((item) => idOf(item) > after);
  const page = rest.slice(0, MaxResults);
  const last = page.at(-1);
  const more = last !== undefined && rest.length > page.length;
  return { items: page, NextToken: more ? Buffer.from(idOf(last)).toString("base64url") : undefined };
}

const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? undefined : milliseconds / 1000;

function view({ ClientToken: _token, ...schedule }: Schedule) {
  const { CreationDate, LastModificationDate, StartDate, EndDate } = schedule;
  return {
    ...schedule,
    CreationDate: seconds(CreationDate),
    LastModificationDate: seconds(LastModificationDate),
    StartDate: seconds(StartDate),
    EndDate: seconds(EndDate),
  };
}

function summary(schedule: Schedule) {
  const { Arn, Name, GroupName, State, CreationDate, LastModificationDate, Target } = view(schedule);
  return { Arn, Name, GroupName, State, CreationDate, LastModificationDate, Target: { Arn: Target.Arn } };
}

const groupView = (group: Group) => ({
  ...group,
  CreationDate: seconds(group.CreationDate),
  LastModificationDate: seconds(group.LastModificationDate),
});

const unknown = ({ method, url }: Call) =>
  notFound(`The embedded Scheduler has no ${method} ${url.pathname}.`);
