import * as z from "zod";
import { pathOf, type Effect, type ItemRow } from "../operation/index.ts";
import { describeSnapshot, snapshots, type Proxmox } from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";
import { expiryChange } from "./expiry.ts";

const Detail = z.object({
  name: z.string(),
  /** The whole description as it was read and as it is to be. */
  from: z.string(),
  to: z.string(),
  expiresAt: z.string().nullable(),
  /** When the snapshot that is meant was taken, in seconds. */
  snaptime: z.number().exactOptional(),
});

const detailOf = (item: ItemRow) => Detail.parse(item.detail);

async function descriptionOf(proxmox: Proxmox, item: ItemRow): Promise<string | undefined> {
  const { name, snaptime } = detailOf(item);
  const found = (await snapshots(proxmox, pathOf(item))).find(
    (entry) => entry.name === name && (snaptime === undefined || entry.snaptime === snaptime),
  );
  return found && (found.description ?? "").trimEnd();
}

/** Changing what a snapshot says of itself. Proxmox has no digest for it, so it is looked at just before. */
export const editing: Effect = {
  action: ACTIONS.update,
  async check(_ctx, proxmox, item) {
    const { name, from, to } = detailOf(item);
    const now = await descriptionOf(proxmox, item);
    if (now === undefined)
      return { code: "snapshot.missing", reason: `the snapshot ${name} is gone already` };
    // An earlier attempt left it as it was, or as it is to be: all else is another's, at every attempt.
    if (now === from.trimEnd() || now === to.trimEnd()) return undefined;
    return {
      code: "snapshot.changed",
      reason: `somebody else has changed the snapshot ${name} in the meantime`,
    };
  },
  async send(proxmox, item) {
    const { name, to } = detailOf(item);
    await describeSnapshot(proxmox, pathOf(item), name, to);
    return undefined;
  },
  observe: async (proxmox, item) =>
    (await descriptionOf(proxmox, item)) === detailOf(item).to.trimEnd()
      ? { state: "done" }
      : { state: "absent" },
  repeatable: true,
  settled(item) {
    const { name, expiresAt } = detailOf(item);
    return expiresAt === null ? [] : [expiryChange(item.vm, name, new Date(expiresAt))];
  },
};
