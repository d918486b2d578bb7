import * as z from "zod";
import { LostRace } from "../db/index.ts";
import { Fault } from "../lib/fault.ts";
import { plainPlan } from "../plan.ts";
import { verb } from "../verb.ts";
import { SafeModeView } from "./get.ts";
import { MODES, replaceSafeMode, safeMode, safeModeEtag } from "./safe-mode.ts";

const OwnerTag = z
  .string()
  .regex(/^[a-z0-9_][a-z0-9_+.-]*$/, "must be a tag in Proxmox's form: lower case, digits, _ + . -")
  .max(124);

const Input = z
  .strictObject({
    mode: z.enum(MODES).optional(),
    ownerTag: OwnerTag.optional(),
    etag: z.string().optional(),
  })
  .refine((input) => input.mode !== undefined || input.ownerTag !== undefined, {
    message: "name mode, ownerTag or both",
    path: ["mode"],
  });

const changed = (kind: "precondition" | "conflict") =>
  new Fault(kind, "safe-mode.changed", "Safe mode was changed in the meantime; read it again.");

/** Changes what it names; a stale `etag` changes nothing. */
export const put = verb({
  action: "safe-mode.manage",
  effect: "write",
  tracked: false,
  single: false,
  input: Input,
  output: SafeModeView,
  target: () => "safe-mode",
  async plan(ctx, input) {
    const now = await safeMode(ctx);
    if (input.etag !== undefined && input.etag !== safeModeEtag(now)) {
      throw changed("precondition");
    }
    const next = { mode: input.mode ?? now.mode, ownerTag: input.ownerTag ?? now.ownerTag };
    return { ...plainPlan("safe-mode.manage", `from ${now.mode} to ${next.mode}`), now, next };
  },
  changes: (_input, plan) => ({ before: plan.now, after: plan.next }),
  async run(ctx, input, plan) {
    const answer = { ...plan.next, etag: safeModeEtag(plan.next) };
    if (answer.etag === safeModeEtag(plan.now)) return answer;
    await replaceSafeMode(ctx, plan.now, plan.next).catch((error: unknown) => {
      throw error instanceof LostRace
        ? changed(input.etag === undefined ? "conflict" : "precondition")
        : error;
    });
    return answer;
  },
});
