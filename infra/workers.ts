import { WORKERS } from "./duties.ts";
import { grantsFor, settings } from "./functions.ts";
import { expand, fire, follow, item } from "./queues.ts";

consume(expand.queue, "expand", { batch: 1 });
// Item is where Proxmox is written to: the mapping caps it, because reserved concurrency would throttle into Dead. One
// message at a time, which is of one node: when its answers hang, no other node's items share the connections or the time.
consume(item.queue, "item", { batch: 1, concurrency: 50 });
consume(follow.queue, "follow", { batch: 5 });
consume(fire.queue, "fire", { batch: 5 });

type Consumption = { batch: number; concurrency?: number };

function consume(queue: sst.aws.Queue, name: keyof typeof WORKERS, { batch, concurrency }: Consumption) {
  queue.subscribe(
    {
      ...settings,
      ...grantsFor(WORKERS[name]),
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
