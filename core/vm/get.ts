import * as z from "zod";
import { find, Guest } from "../inventory/index.ts";
import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { verb } from "../verb.ts";

/** One guest. */
export const get = verb({
  action: "vm.get",
  effect: "read",
  input: z.strictObject({ cluster: ClusterId, vmid: Vmid, fresh: Flag.default(false) }),
  output: Guest,
  run: async (ctx, input) => find(ctx, input.cluster, input.vmid, input.fresh),
});
