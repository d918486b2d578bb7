const FORTNIGHT_S = 14 * 86_400;

/** Where messages end that no worker could handle; long-lived, because it is read by people. */
export const dead = new sst.aws.Queue("DeadQueue", {
  transform: {
    queue: (args) => {
      args.messageRetentionSeconds = FORTNIGHT_S;
      args.sqsManagedSseEnabled = true;
    },
  },
});
refusePlaintext("Dead", dead);

export const expand = queue("Expand");
export const item = queue("Item");
export const follow = queue("Follow");
export const fire = queue("Fire");
// The next tick does the work of a message that is older than that: a cluster that kills its worker leaves no backlog.
export const inventory = queue("Inventory", { messageRetentionSeconds: 120 });

const working = [expand, item, follow, fire, inventory];

/** What a function gets that has to do with queues: where they are and how deep. */
export const queueLinks = {
  Expand: expand.link,
  Item: item.link,
  Follow: follow.link,
  Fire: fire.link,
  Inventory: inventory.link,
};

/** What only a function with effect write gets: to send work. */
export const queueSends = {
  actions: ["sqs:SendMessage"],
  resources: working.map(({ queue }) => queue.arn),
};

/** A plain link would grant sqs:*; this one names the queue and lets its holder look. */
function queue(name: string, more: aws.sqs.QueueArgs = {}) {
  const queue = new sst.aws.Queue(`${name}Queue`, {
    // Six times the worker's timeout, as AWS advises; five receives, so that throttling alone kills no message.
    visibilityTimeout: "360 seconds",
    dlq: { queue: dead.arn, retry: 5 },
    transform: { queue: { sqsManagedSseEnabled: true, ...more } },
  });
  refusePlaintext(name, queue);
  const link = new sst.Linkable(name, {
    properties: { url: queue.url },
    include: [sst.aws.permission({ actions: ["sqs:GetQueueAttributes"], resources: [queue.arn] })],
  });
  return { queue, link };
}

function refusePlaintext(name: string, queue: sst.aws.Queue) {
  new aws.sqs.QueuePolicy(`${name}QueuePolicy`, {
    queueUrl: queue.url,
    policy: $jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Deny",
          Principal: "*",
          Action: "sqs:*",
          Resource: queue.arn,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    }),
  });
}
