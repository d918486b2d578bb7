import * as z from "zod";
import { eventBridgeScheduler } from "../../../core/aws/schedule.ts";
import { linked } from "../environment.ts";
import type { Provider } from "../provider.ts";

const Settings = z.object({
  group: z.string(),
  roleArn: z.string(),
  targetArn: z.string(),
  deadArn: z.string(),
});

/** EventBridge Scheduler: only functions that make or take away schedules. */
export const scheduler: Provider = {
  name: "scheduler",
  provide: () => ({ scheduler: eventBridgeScheduler(linked("Schedules", Settings)) }),
};
