import * as z from "zod";
import { find } from "../inventory/index.ts";
import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { Page, PageInput, pageOf } from "../lib/page.ts";
import { verb } from "../verb.ts";
import { ask } from "./ask.ts";
import { Snapshot, toSnapshots } from "./entry.ts";

/** The snapshots of a guest, asked of Proxmox itself, newest first; `parent` makes a tree of them. */
export const list = verb({
  action: "snapshot.list",
  effect: "read",
  input: z.strictObject({ cluster: ClusterId, vmid: Vmid, ...PageInput, fresh: Flag.default(true) }),
  output: Page(Snapshot),
  async run(ctx, input) {
    const guest = await find(ctx, input.cluster, input.vmid);
    const asOf = ctx.clock.now().toISOString();
    const items = toSnapshots(await ask(ctx, guest));
    return { ...pageOf(items, (item) => item.name, input), asOf, partial: false, warnings: [] };
  },
});
