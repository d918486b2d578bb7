import { dead, fire } from "./queues.ts";
import { account, partition, region } from "./stage.ts";

const SERVICE = "scheduler.amazonaws.com";

const group = new aws.scheduler.ScheduleGroup("ScheduleGroup", { name: `${$app.name}-${$app.stage}` });

/** What a schedule acts as: it can reach two queues. Bound to our group, so no other schedule can borrow it. */
const role = new aws.iam.Role("ScheduleRole", {
  assumeRolePolicy: aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        actions: ["sts:AssumeRole"],
        principals: [{ type: "Service", identifiers: [SERVICE] }],
        conditions: [
          { test: "StringEquals", variable: "aws:SourceAccount", values: [account] },
          { test: "StringEquals", variable: "aws:SourceArn", values: [group.arn] },
        ],
      },
    ],
  }).json,
  inlinePolicies: [
    {
      name: "send",
      policy: aws.iam.getPolicyDocumentOutput({
        statements: [{ actions: ["sqs:SendMessage"], resources: [fire.queue.arn, dead.arn] }],
      }).json,
    },
  ],
});

/** What a function gets that keeps schedules: this group's schedules, and handing them the role above. */
export const schedulesLink = new sst.Linkable("Schedules", {
  properties: { group: group.name, roleArn: role.arn, targetArn: fire.queue.arn, deadArn: dead.arn },
  include: [
    sst.aws.permission({
      actions: ["Create", "Update", "Delete", "Get"].map((verb) => `scheduler:${verb}Schedule`),
      resources: [$interpolate`arn:${partition}:scheduler:${region}:${account}:schedule/${group.name}/*`],
    }),
    // Listing knows no resources: IAM takes it on "*" only.
    sst.aws.permission({ actions: ["scheduler:ListSchedules"], resources: ["*"] }),
    sst.aws.permission({
      actions: ["iam:PassRole"],
      resources: [role.arn],
      conditions: [{ test: "StringEquals", variable: "iam:PassedToService", values: [SERVICE] }],
    }),
  ],
});
