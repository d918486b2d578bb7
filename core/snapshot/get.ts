import * as z from "zod";
import { find } from "../inventory/index.ts";
import { ClusterId, Vmid } from "../lib/field.ts";
import { verb } from "../verb.ts";
import { ask, named } from "./ask.ts";
import { Snapshot, toSnapshots } from "./entry.ts";
import { SnapshotName } from "./name.ts";

/** One snapshot of a guest, asked of Proxmox itself. */
export const get = verb({
  action: "snapshot.get",
  effect: "read",
  input: z.strictObject({ cluster: ClusterId, vmid: Vmid, name: SnapshotName }),
  output: Snapshot,
  async run(ctx, { cluster, vmid, name }) {
    const guest = await find(ctx, cluster, vmid);
    const entries = await ask(ctx, guest);
    const { name: known } = named(entries, guest, name);
    const shown = toSnapshots(entries).find((one) => one.name === known);
    if (!shown) throw new Error(`${guest.id} lists ${known} and does not show it`);
    return shown;
  },
});
