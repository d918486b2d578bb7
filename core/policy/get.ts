import * as z from "zod";
import { verb } from "../verb.ts";
import { SafeMode, safeMode, safeModeEtag } from "./safe-mode.ts";

/** The settings with their version. */
export const SafeModeView = SafeMode.extend({ etag: z.string() });

/** What safe mode demands now. */
export const get = verb({
  action: "safe-mode.get",
  effect: "read",
  input: z.strictObject({}),
  output: SafeModeView,
  async run(ctx) {
    const settings = await safeMode(ctx);
    return { ...settings, etag: safeModeEtag(settings) };
  },
});
