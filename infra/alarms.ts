import { dead } from "./queues.ts";

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
