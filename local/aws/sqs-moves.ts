import { randomUUID } from "node:crypto";
import { AwsError, parseOr } from "./aws-error.ts";
import { queueName } from "./sqs-attributes.ts";
import type { Operation, Room } from "./sqs-operations.ts";
import { ListMoves, StartMove } from "./sqs-schemas.ts";

const INVALID = "InvalidParameterValue";

/** Moving messages out of a dead-letter queue. Here a task is over when its call returns; AWS takes its time. */
export function moveOperations({ queues, clock }: Room): Record<string, Operation> {
  const tasks: ({ SourceArn: string } & Record<string, unknown>)[] = [];
  const known = (arn: string) => {
    const queue = queues.get(queueName(arn));
    if (!queue) throw new AwsError("ResourceNotFoundException", `The resource ${arn} doesn't exist.`, 404);
    return queue.name;
  };

  return {
    StartMessageMoveTask(input) {
      const { SourceArn, DestinationArn } = parseOr(INVALID, StartMove, input);
      const source = known(SourceArn);
      const destination = DestinationArn === undefined ? undefined : known(DestinationArn);
      if (!queues.list().some((queue) => queue.settings.dlq === source)) {
        throw new AwsError(INVALID, "Source queue must be configured as a Dead Letter Queue.");
      }
      const ApproximateNumberOfMessagesToMove = queues.depth(source).visible;
      const ApproximateNumberOfMessagesMoved = queues.redrive(source, destination);
      const TaskHandle = randomUUID();
      tasks.unshift({
        TaskHandle,
        Status: "COMPLETED",
        SourceArn,
        ...(DestinationArn ? { DestinationArn } : {}),
        ApproximateNumberOfMessagesMoved,
        ApproximateNumberOfMessagesToMove,
        StartedTimestamp: clock.now().getTime(),
      });
      return { TaskHandle };
    },
    ListMessageMoveTasks(input) {
      const { SourceArn, MaxResults } = parseOr(INVALID, ListMoves, input);
      return { Results: tasks.filter((task) => task.SourceArn === SourceArn).slice(0, MaxResults) };
    },
  };
}
