import * as z from "zod";
import { verb } from "../verb.ts";

/** Which version of what runs here. */
export const version = verb({
  action: "system.version",
  effect: "read",
  input: z.strictObject({}),
  output: z.object({
    version: z.string(),
    stage: z.string(),
    node: z.string(),
    api: z.literal("v1"),
    proxmox: z.array(z.string()),
  }),
  async run(ctx) {
    const { version: own, stage } = ctx.settings;
    return {
      version: own,
      stage,
      node: process.versions.node,
      api: "v1" as const,
      proxmox: ["7.4", "8.0-8.4", "9.0-9.2"],
    };
  },
});
