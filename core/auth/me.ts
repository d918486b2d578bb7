import * as z from "zod";
import { covers, decide, safeMode } from "../policy/index.ts";
import { find, VmRef } from "../inventory/index.ts";
import { verb } from "../verb.ts";

const Can = z.object({
  action: z.string(),
  vm: z.string().nullable(),
  allowed: z.boolean(),
  reason: z.string(),
});

/** Who the caller is and what the key may do; `can` and `vm` ask about one action. */
export const me = verb({
  action: "me.get",
  effect: "read",
  input: z.strictObject({ can: z.string().max(60).optional(), vm: VmRef.optional() }),
  output: z.object({
    id: z.string(),
    name: z.string(),
    roles: z.array(z.string()),
    scopes: z.array(z.string()),
    can: Can.nullable(),
  }),
  async run(ctx, input) {
    const { actor } = ctx;
    const base = { id: actor.id, name: actor.name, roles: [actor.role], scopes: [...actor.may] };
    if (input.can === undefined) return { ...base, can: null };
    const action = input.can;
    if (input.vm === undefined) {
      const allowed = covers(actor.may, action);
      const reason = `role ${actor.role} ${allowed ? "may" : "may not"} do ${action}`;
      return { ...base, can: { action, vm: null, allowed, reason } };
    }
    const guest = await find(ctx, input.vm.cluster, input.vm.vmid);
    const verdict = decide({
      action,
      actor,
      safeMode: await safeMode(ctx),
      guest,
      bulk: false,
      force: false,
    });
    const allowed = verdict.decision !== "refused";
    return { ...base, can: { action, vm: guest.id, allowed, reason: verdict.reason } };
  },
});
