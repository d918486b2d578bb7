import * as z from "zod";
import { linked } from "../environment.ts";
import type { Provider } from "../provider.ts";

/** Passwords and keys for guests: who takes them from a caller and seals them, and who opens them to hand them on. */
export const sealing: Provider = {
  name: "sealing",
  provide: () => ({ sealing: { key: linked("SealingKey", z.object({ value: z.string().min(32) })).value } }),
};
