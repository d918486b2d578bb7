import type { Queue, QueueName } from "../../core/aws/queue.ts";
import type { Scheduler } from "../../core/aws/schedule.ts";
import { createQueues } from "../../local/aws/queues.ts";
import { createSchedules } from "../../local/aws/schedules.ts";
import { queueArn, queueName } from "../../local/aws/sqs-attributes.ts";
import type { VirtualClock } from "./clock.ts";

const VISIBILITY_SECONDS = 360;
const RECEIVES = 5;

export const QUEUES: readonly QueueName[] = ["Expand", "Item", "Follow", "Fire", "Inventory"];

/** What becomes of a firing of a schedule on its way to the queue: `send` brings it there. */
export type Delivery = (input: string, send: () => void, clock: VirtualClock) => void;

/** Queues and schedules as on AWS, in this process and in virtual time. */
export function cloud(clock: VirtualClock, deliver: Delivery = (_, send) => send()) {
  const queues = createQueues({ clock });
  queues.create("Dead");
  for (const name of QUEUES) {
    const retention = name === "Inventory" ? { retentionSeconds: 120 } : {};
    const settings = { visibilitySeconds: VISIBILITY_SECONDS, dlq: "Dead", maxReceives: RECEIVES };
    queues.create(name, { ...settings, ...retention });
  }
  const schedules = createSchedules({
    clock,
    invoke: async (target, input) =>
      deliver(input, () => void queues.send(queueName(target.Arn), input), clock),
    deadLetter: async (arn, input) => void queues.send(queueName(arn), input),
  });
  schedules.createGroup("moxxie");
  const queue: Queue = {
    async send(name, messages) {
      for (const { body, group, delaySeconds } of messages)
        queues.send(name, body, { group, delaySeconds: Math.round(delaySeconds ?? 0) });
    },
    ping: async (name) => void queues.depth(name),
  };
  const has = (name: string) => schedules.list().some((schedule) => schedule.Name === name);
  const scheduler: Scheduler = {
    async put({ name, expression, timezone, enabled, input, startAt, once = false }) {
      const wanted = {
        Name: name,
        GroupName: "moxxie",
        ScheduleExpression: expression,
        ScheduleExpressionTimezone: timezone,
        State: enabled ? ("ENABLED" as const) : ("DISABLED" as const),
        ...(startAt ? { StartDate: startAt.getTime() } : {}),
        FlexibleTimeWindow: { Mode: "OFF" as const },
        ActionAfterCompletion: once ? ("DELETE" as const) : ("NONE" as const),
        Target: { Arn: queueArn("Fire"), RoleArn: "arn:aws:iam::000000000000:role/test", Input: input },
      };
      if (has(name)) schedules.update(wanted);
      else schedules.create(wanted);
    },
    remove: async (name) => (has(name) ? schedules.delete(name, "moxxie") : undefined),
    has: async (name) => has(name),
    ping: async () => void schedules.getGroup("moxxie"),
  };
  return { queues, schedules, queue, scheduler };
}
