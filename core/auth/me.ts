import * as z from "zod";
import { decide, decideRole, safeMode, type Action } from "../policy/index.ts";
import { find, VmRef } from "../inventory/index.ts";
import { verb } from "../verb.ts";
import { ACTIONS } from "./actions.ts";

const Can = z.object({
  action: z.string(),
  vm: z.string().nullable(),
  allowed: z.boolean(),
  reason: z.string(),
});

/** What may be done to guests, by the names of the actions. */
type Actions = Readonly<Record<string, Action>>;

/** Who the caller is and what the key may do; `can` and `vm` ask about one action. */
export const telling = (actions: Actions) =>
  verb({
    action: "me.get",
    effect: "read",
    input: z.strictObject({ can: z.enum(ACTIONS).optional(), vm: VmRef.optional() }),
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
      const { can: name, vm } = input;
      const guest = vm && (await find(ctx, vm.cluster, vm.vmid));
      const action = actions[name];
      const verdict =
        guest && action
          ? decide({ action, actor, safeMode: await safeMode(ctx), guest, bulk: false, override: false })
          : decideRole(actor, name);
      const { decision, reason } = verdict;
      return {
        ...base,
        can: { action: name, vm: guest?.id ?? null, allowed: decision !== "refused", reason },
      };
    },
  });
