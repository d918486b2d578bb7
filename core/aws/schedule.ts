import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ConflictException,
  ResourceNotFoundException,
  SchedulerClient,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";

/** Where EventBridge Scheduler delivers, and in whose name. */
export interface SchedulerSettings {
  readonly group: string;
  readonly roleArn: string;
  readonly targetArn: string;
  readonly deadArn: string;
}

/** One schedule: `expression` in AWS's own form, `input` is the message that is delivered. */
export interface Schedule {
  readonly name: string;
  readonly expression: string;
  readonly timezone: string;
  readonly enabled: boolean;
  readonly input: string;
  /** Not before this instant; a rate counts from it. */
  readonly startAt?: Date;
  /** Whether it goes once it has fired for the last time. */
  readonly once?: boolean;
}

export interface Scheduler {
  /** Makes the schedule be as given, whether or not it was there. */
  put(schedule: Schedule): Promise<void>;
  /** Takes it away; one that is gone already is no error. */
  remove(name: string): Promise<void>;
  has(name: string): Promise<boolean>;
  /** Answers when Scheduler can be reached. */
  ping(): Promise<void>;
}

const MAX_EVENT_AGE_SECONDS = 3600;

function toCommand(settings: SchedulerSettings, schedule: Schedule) {
  return {
    Name: schedule.name,
    GroupName: settings.group,
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: schedule.timezone,
    State: schedule.enabled ? ("ENABLED" as const) : ("DISABLED" as const),
    StartDate: schedule.startAt,
    ActionAfterCompletion: schedule.once === true ? ("DELETE" as const) : ("NONE" as const),
    FlexibleTimeWindow: { Mode: "OFF" as const },
    Target: {
      Arn: settings.targetArn,
      RoleArn: settings.roleArn,
      Input: schedule.input,
      DeadLetterConfig: { Arn: settings.deadArn },
      RetryPolicy: { MaximumEventAgeInSeconds: MAX_EVENT_AGE_SECONDS, MaximumRetryAttempts: 185 },
    },
  };
}

/** Schedules on EventBridge Scheduler, all in one group. */
export function eventBridgeScheduler(
  settings: SchedulerSettings,
  client = new SchedulerClient({}),
): Scheduler {
  const GroupName = settings.group;
  return {
    async put(schedule) {
      const command = toCommand(settings, schedule);
      try {
        await client.send(new CreateScheduleCommand(command));
      } catch (error) {
        if (!(error instanceof ConflictException)) throw error;
        await client.send(new UpdateScheduleCommand(command));
      }
    },
    async remove(name) {
      try {
        await client.send(new DeleteScheduleCommand({ Name: name, GroupName }));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      }
    },
    async has(name) {
      try {
        await client.send(new GetScheduleCommand({ Name: name, GroupName }));
        return true;
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return false;
        throw error;
      }
    },
    async ping() {
      await client.send(new GetScheduleGroupCommand({ Name: GroupName }));
    },
  };
}
