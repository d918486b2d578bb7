import { dead } from "./queues.ts";
import { lister } from "./workers.ts";

/** Where alarms go; whoever is on call subscribes to it. */
export const alarms = new aws.sns.Topic("Alarms");

new aws.cloudwatch.MetricAlarm("DeadQueueAlarm", {
  alarmDescription: "Work that no worker could handle is waiting in the dead queue.",
  namespace: "AWS/SQS",
  metricName: "ApproximateNumberOfMessagesVisible",
  dimensions: { QueueName: dead.nodes.queue.name },
  statistic: "Maximum",
  period: 60,
  evaluationPeriods: 1,
  comparisonOperator: "GreaterThanThreshold",
  threshold: 0,
  treatMissingData: "notBreaching",
  alarmActions: [alarms.arn],
});

// A listing that fails is logged and no error of the function: what counts here was killed, by its memory or its time.
new aws.cloudwatch.MetricAlarm("ListerAlarm", {
  alarmDescription: "A cluster is not listed any more: what it answers kills the function that reads it.",
  namespace: "AWS/Lambda",
  metricName: "Errors",
  dimensions: { FunctionName: lister.nodes.function.name },
  statistic: "Sum",
  period: 60,
  evaluationPeriods: 5,
  datapointsToAlarm: 3,
  comparisonOperator: "GreaterThanThreshold",
  threshold: 0,
  treatMissingData: "notBreaching",
  alarmActions: [alarms.arn],
});
