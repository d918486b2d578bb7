import * as z from "zod";

const Name = z.string().regex(/^[\w.-]{1,64}$/, "1 to 64 letters, digits, or any of _ - .");
const Arn = z.string().regex(/^arn:aws[\w-]*:.+:.+/, "Provided Arn is not in correct format");

/** What a schedule calls. `Input` may hold `<aws.scheduler.scheduled-time>` and the like. */
export const Target = z.looseObject({
  Arn,
  RoleArn: Arn,
  Input: z.string().min(1).optional(),
  RetryPolicy: z
    .object({
      MaximumEventAgeInSeconds: z.int().min(60).max(86_400).default(86_400),
      MaximumRetryAttempts: z.int().min(0).max(185).default(185),
    })
    .default({ MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 }),
  DeadLetterConfig: z.object({ Arn: Arn.optional() }).optional(),
  SqsParameters: z.object({ MessageGroupId: z.string().optional() }).optional(),
});
export type Target = z.infer<typeof Target>;

const Window = z
  .object({ Mode: z.enum(["OFF", "FLEXIBLE"]), MaximumWindowInMinutes: z.int().min(1).max(1440).optional() })
  .refine((window) => window.Mode === "OFF" || window.MaximumWindowInMinutes !== undefined, {
    message: "MaximumWindowInMinutes is required when the mode is FLEXIBLE",
  });

/** What CreateSchedule and UpdateSchedule take; dates are epoch milliseconds here, seconds on the wire. */
export const ScheduleInput = z.object({
  Name,
  GroupName: Name.default("default"),
  ScheduleExpression: z.string().max(256),
  ScheduleExpressionTimezone: z.string().max(50).default("UTC"),
  State: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  StartDate: z.number().optional(),
  EndDate: z.number().optional(),
  FlexibleTimeWindow: Window,
  Target,
  Description: z.string().max(512).optional(),
  ActionAfterCompletion: z.enum(["NONE", "DELETE"]).default("NONE"),
  ClientToken: z.string().optional(),
});

/** A schedule as it is given in; what has a default may be left out. */
export type ScheduleInput = z.input<typeof ScheduleInput>;

/** A schedule as it is kept. */
export const Schedule = ScheduleInput.extend({
  Arn: z.string(),
  CreationDate: z.number(),
  LastModificationDate: z.number(),
});
export type Schedule = z.infer<typeof Schedule>;

export const Group = z.object({
  Name,
  Arn: z.string(),
  State: z.literal("ACTIVE"),
  CreationDate: z.number(),
  LastModificationDate: z.number(),
});
export type Group = z.infer<typeof Group>;

/** When a schedule fires next: the scheduled time, and the moment in its flexible window. Epoch milliseconds. */
export const Due = z.object({ at: z.number(), fireAt: z.number() });
export type Due = z.infer<typeof Due>;

/** A firing that has not succeeded yet. `attempt` counts from 1; it may not start before `notBefore`. */
export const Firing = z.object({
  id: z.string(),
  key: z.string(),
  at: z.number(),
  attempt: z.number(),
  notBefore: z.number(),
  target: Target,
});
export type Firing = z.infer<typeof Firing>;

/** Everything that can happen to the schedules; `key` is group/name. */
export const ScheduleChange = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("group"), group: Group }),
  z.object({ kind: z.literal("ungroup"), name: z.string() }),
  z.object({ kind: z.literal("put"), schedule: Schedule, due: Due.optional() }),
  z.object({ kind: z.literal("delete"), key: z.string() }),
  z.object({ kind: z.literal("plan"), key: z.string(), due: Due.optional() }),
  z.object({ kind: z.literal("fire"), firing: Firing }),
  z.object({ kind: z.literal("settle"), id: z.string() }),
]);
export type ScheduleChange = z.infer<typeof ScheduleChange>;
