import * as z from "zod";
import * as Cluster from "../cluster/index.ts";
import { find } from "../inventory/index.ts";
import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { Page, PageInput, pageOf } from "../lib/page.ts";
import { ProxmoxError, snapshots, toFault, type SnapshotEntry } from "../proxmox/index.ts";
import { verb } from "../verb.ts";
import { expiryOf } from "./description.ts";

/** A snapshot as every answer shows it; `current` marks the one that the guest runs on. */
const Snapshot = z.object({
  name: z.string(),
  parent: z.string().nullable(),
  description: z.string(),
  createdAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  memory: z.boolean(),
  current: z.boolean(),
  pin: z.null(),
});
type Snapshot = z.infer<typeof Snapshot>;

function toSnapshot(entry: SnapshotEntry, current: string | undefined): Snapshot {
  const taken = entry.snaptime === undefined ? undefined : new Date(entry.snaptime * 1000);
  return {
    name: entry.name,
    parent: entry.parent ?? null,
    description: entry.description ?? "",
    createdAt: taken?.toISOString() ?? null,
    expiresAt: expiryOf(entry.description, taken)?.toISOString() ?? null,
    memory: entry.vmstate === 1,
    current: entry.name === current,
    pin: null,
  };
}

/** The snapshots of a guest, asked of Proxmox itself, newest first. */
export const list = verb({
  action: "snapshot.list",
  effect: "read",
  input: z.strictObject({ cluster: ClusterId, vmid: Vmid, ...PageInput, fresh: Flag.default(true) }),
  output: Page(Snapshot),
  async run(ctx, input) {
    const guest = await find(ctx, input.cluster, input.vmid);
    const proxmox = await Cluster.connect(ctx, input.cluster);
    const asOf = ctx.clock.now().toISOString();
    const entries = await snapshots(proxmox, guest).catch((error: unknown) => {
      throw error instanceof ProxmoxError ? toFault(error) : error;
    });
    const here = entries.find((entry) => entry.name === "current")?.parent;
    const items = entries
      .filter((entry) => entry.name !== "current")
      .toSorted((a, b) => (b.snaptime ?? 0) - (a.snaptime ?? 0) || (a.name < b.name ? -1 : 1))
      .map((entry) => toSnapshot(entry, here));
    return { ...pageOf(items, (item) => item.name, input), asOf, partial: false, warnings: [] };
  },
});
