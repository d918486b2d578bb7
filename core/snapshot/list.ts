import * as z from "zod";
import { find } from "../inventory/index.ts";
import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { Page, PageInput, pageOf } from "../lib/page.ts";
import { verb } from "../verb.ts";
import { ask } from "./ask.ts";
import { Snapshot, toSnapshots, troubles } from "./entry.ts";

/** The snapshots of a guest, asked of Proxmox itself, newest first; `parent` makes a tree of them. */
export const list = verb({
  action: "snapshot.list",
  effect: "read",
  input: z.strictObject({ cluster: ClusterId, vmid: Vmid, ...PageInput, fresh: Flag.default(true) }),
  output: Page(Snapshot),
  async run(ctx, input) {
    const guest = await find(ctx, input.cluster, input.vmid);
    const asOf = ctx.clock.now().toISOString();
    const entries = await ask(ctx, guest);
    const page = pageOf(toSnapshots(entries), (item) => item.name, input);
    return { ...page, asOf, partial: false, warnings: troubles(entries, ctx.clock.now()) };
  },
});
