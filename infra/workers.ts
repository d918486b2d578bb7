import { type Grants, grantsFor, settings } from "./functions.ts";
import { expand, fire, follow, item } from "./queues.ts";

const grants = grantsFor("write", ["proxmox", "queue"]);

consume(expand.queue, "expand", { batch: 1 });
// Item is where Proxmox is written to: the mapping caps it, because reserved concurrency would throttle into Dead. One
// message at a time, which is of one node: when its answers hang, no other node's items share the connections or the time.
consume(item.queue, "item", { batch: 1, concurrency: 50 });
consume(follow.queue, "follow", { batch: 5 });
consume(fire.queue, "fire", { batch: 5, grants: grantsFor("write", ["proxmox", "queue", "scheduler"]) });

type Consumption = { batch: number; concurrency?: number; grants?: Grants };

function consume(queue: sst.aws.Queue, name: string, consumption: Consumption) {
  const { batch, concurrency } = consumption;
  queue.subscribe(
    {
      ...settings,
      ...(consumption.grants ?? grants),
      handler: `functions/worker/${name}.handler`,
      timeout: "60 seconds",
    },
    {
      batch: { size: batch, partialResponses: true },
      transform: {
        eventSourceMapping: concurrency ? { scalingConfig: { maximumConcurrency: concurrency } } : {},
      },
    },
  );
}
