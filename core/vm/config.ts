import * as z from "zod";
import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { pending } from "../proxmox/index.ts";
import { verb } from "../verb.ts";
import { reach } from "./reach.ts";
import { ConfigView, toConfigView } from "./config-view.ts";

/** The configuration of one guest, with the digest that a change of it may name. */
export const config = verb({
  action: "vm.config.get",
  effect: "read",
  input: z.strictObject({ cluster: ClusterId, vmid: Vmid, fresh: Flag.default(false) }),
  output: ConfigView.extend({ id: z.string(), etag: z.string() }),
  async run(ctx, input) {
    const { guest, value } = await reach(ctx, input, pending);
    const etag = value.find(({ key }) => key === "digest")?.value ?? "";
    return { id: guest.id, etag, ...toConfigView(value, guest.type) };
  },
});
