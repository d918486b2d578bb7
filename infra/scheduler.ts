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

const schedules = $interpolate`arn:${partition}:scheduler:${region}:${account}:schedule/${group.name}/*`;

/** What a function gets that has to do with schedules: to look at this group and what is in it. */
export const schedulesLink = new sst.Linkable("Schedules", {
  properties: { group: group.name, roleArn: role.arn, targetArn: fire.queue.arn, deadArn: dead.arn },
  include: [
    sst.aws.permission({ actions: ["scheduler:GetSchedule"], resources: [schedules] }),
    sst.aws.permission({ actions: ["scheduler:GetScheduleGroup"], resources: [group.arn] }),
  ],
});

/** What only a function with effect write gets: to keep this group's schedules, and to hand them the role above. */
export const scheduleWrites = [
  {
    actions: ["Create", "Update", "Delete"].map((verb) => `scheduler:${verb}Schedule`),
    resources: [schedules],
  },
  {
    actions: ["iam:PassRole"],
    resources: [role.arn],
    conditions: [{ test: "StringEquals" as const, variable: "iam:PassedToService", values: [SERVICE] }],
  },
];
