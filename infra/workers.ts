import { WORKERS } from "./duties.ts";
import { grantsFor, settings } from "./functions.ts";
import { expand, fire, follow, inventory, item } from "./queues.ts";

consume(expand.queue, "expand", { batch: 1 });
// Item is where Proxmox is written to: the mapping caps it, because reserved concurrency would throttle into Dead. One
// message at a time, which is of one node: when its answers hang, no other node's items share the connections or the time.
consume(item.queue, "item", { batch: 1, concurrency: 50 });
consume(follow.queue, "follow", { batch: 5 });
consume(fire.queue, "fire", { batch: 5 });
// One cluster each: what it answers, and how long it takes, is no other's memory and time. So many at once hold no more
// connections to tables and Proxmox than a fleet needs, and leave the account's other functions their share.
export const lister = consume(inventory.queue, "inventory", { batch: 1, concurrency: 20 });

type Consumption = { batch: number; concurrency?: number };

function consume(queue: sst.aws.Queue, name: keyof typeof WORKERS, { batch, concurrency }: Consumption) {
  return queue.subscribe(
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
