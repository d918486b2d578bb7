import * as z from "zod";
import { verb } from "../verb.ts";

/** That this process answers; nothing else is asked. */
export const health = verb({
  action: "system.health",
  effect: "read",
  input: z.strictObject({}),
  output: z.object({ status: z.literal("ok"), version: z.string(), time: z.string() }),
  run: async (ctx) => ({
    status: "ok" as const,
    version: ctx.settings.version,
    time: ctx.clock.now().toISOString(),
  }),
});
