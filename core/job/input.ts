import * as z from "zod";
import { sizeOf } from "../db/index.ts";
import type { FieldError } from "../lib/fault.ts";
import { Line } from "../lib/field.ts";
import { badInput, describeIssues } from "../lib/issues.ts";
import { validatedLater } from "../lib/late-validation.ts";
import { RateControl } from "../operation/index.ts";
import { Selection } from "../selector/index.ts";
import { JobKind, OnMissingTime } from "./job.ts";
import { issuesOf, paramsForms } from "./kinds.ts";
import { normalise, ScheduleError, upcoming } from "./schedule/index.ts";

const MOST_BYTES = 300_000;

/** A job as its maker writes it. */
export const Input = z.strictObject({
  name: Line.min(1).max(100),
  kind: JobKind,
  schedule: z.string().min(1).max(200),
  timezone: z.string().min(1).max(60).default("UTC"),
  onMissingTime: OnMissingTime.default("skip"),
  select: validatedLater(Selection),
  params: z
    .record(z.string(), z.unknown())
    .meta({
      description: "What its kind of work takes, as the bulk call of that kind does",
      forms: paramsForms,
    })
    .default({}),
  enabled: z.boolean().default(true),
  maxConcurrency: RateControl.maxConcurrency.nullable(),
  maxErrors: RateControl.maxErrors.nullable(),
});
type Input = z.infer<typeof Input>;

/** The schedule in AWS's own form, or what is wrong with it. */
function readSchedule(input: Input, now: Date): { expression: string } | FieldError {
  try {
    const read = normalise(input.schedule, input.timezone);
    if (upcoming(read.expression, { after: now }, input.timezone, 1).length > 0) return read;
    return {
      pointer: "/schedule",
      code: "schedule.invalid",
      detail: "lies in the past: it never fires again",
    };
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    const pointer = error.field === "timezone" ? "/timezone" : "/schedule";
    return { pointer, code: "schedule.invalid", detail: error.message };
  }
}

/** A job is kept in one row, and an operation keeps what its job asked for. */
function tooLarge({ select, params }: Input): FieldError[] {
  const parts = Object.entries({ select, params });
  const sizes = parts.map(([name, value]) => ({ name, bytes: sizeOf({ value }) }));
  const [largest] = sizes.toSorted((a, b) => b.bytes - a.bytes);
  const all = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (!largest || all <= MOST_BYTES) return [];
  return [
    { pointer: `/${largest.name}`, code: "too_big", detail: `is more than a job keeps: ${MOST_BYTES} bytes` },
  ];
}

/** The schedule in AWS's own form; throws what is wrong with the job, all of it at once. */
export function check(input: Input, now: Date): string {
  const wanted = {
    ...input,
    maxConcurrency: input.maxConcurrency ?? null,
    maxErrors: input.maxErrors ?? null,
  };
  const schedule = readSchedule(input, now);
  const errors = [
    ...("pointer" in schedule ? [schedule] : []),
    ...tooLarge(input),
    ...describeIssues(new z.ZodError(issuesOf(wanted))),
  ];
  if (errors.length > 0) throw badInput(errors);
  return "expression" in schedule ? schedule.expression : "";
}
