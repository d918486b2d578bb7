import * as z from "zod";
import { sqsQueue } from "../../../core/aws/queue.ts";
import { linked } from "../environment.ts";
import type { Provider } from "../provider.ts";

const Url = z.object({ url: z.string() });

/** SQS: only functions that send or look after messages. */
export const queue: Provider = {
  name: "queue",
  provide: () => ({
    queue: sqsQueue({
      Expand: linked("Expand", Url).url,
      Item: linked("Item", Url).url,
      Follow: linked("Follow", Url).url,
      Fire: linked("Fire", Url).url,
      Inventory: linked("Inventory", Url).url,
    }),
  }),
};
