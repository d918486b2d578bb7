import * as z from "zod";
import { find } from "../inventory/index.ts";
import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { verb } from "../verb.ts";

/** The tags of one guest, in Proxmox's own order. */
export const get = verb({
  action: "tag.get",
  effect: "read",
  input: z.strictObject({ cluster: ClusterId, vmid: Vmid, fresh: Flag.default(false) }),
  output: z.object({ tags: z.array(z.string()) }),
  async run(ctx, input) {
    const { tags } = await find(ctx, input.cluster, input.vmid, input.fresh);
    return { tags };
  },
});
