import * as z from "zod";
import { pathOf, type Effect, type ItemRow } from "../operation/index.ts";
import { config, regenerate, setOptions } from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";
import { missingDrive } from "./cloud-init-drive.ts";
import { forgotten, opened } from "./secret.ts";

const Detail = z.object({
  set: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  remove: z.array(z.string()).default([]),
  /** The storage for the drive, where none was there. */
  drive: z.string().nullable(),
  secret: z.boolean(),
  step: z.enum(["set", "regenerate"]).default("set"),
});

const detailOf = (item: ItemRow) => Detail.parse(item.detail);

/** Two requests: the options are set, then the drive is written anew from them. Both may be asked twice. */
export const cloudIniting: Effect = {
  action: ACTIONS["cloud-init"],
  async prepare(ctx, _proxmox, item) {
    if (detailOf(item).secret) await opened(ctx, item.operation);
    return {};
  },
  async send(proxmox, item, world) {
    const { set, remove, drive, secret, step } = detailOf(item);
    if (step === "regenerate") {
      await regenerate(proxmox, pathOf(item));
      return undefined;
    }
    const hidden = secret ? await opened(world, item.operation) : {};
    const made = drive === null ? {} : missingDrive(await config(proxmox, pathOf(item)), drive);
    await setOptions(proxmox, pathOf(item), { set: { ...set, ...made, ...hidden }, remove });
    return undefined;
  },
  // Nothing shows whether a password was set or a drive written; both may be done again.
  observe: async () => ({ state: "absent" }),
  repeatable: true,
  next: (item) => (detailOf(item).step === "set" ? { ...item.detail, step: "regenerate" } : undefined),
  // A guest that runs gets a new drive only at its next start, when the drive is written anyway.
  forgives: (item, message) =>
    detailOf(item).drive !== null && /no cloudinit drive found/.test(message) ? "done" : undefined,
  ends: (item) =>
    detailOf(item).drive === null
      ? {}
      : { reason: "its drive is new: a guest that runs reads it from its next start on" },
  settled: (item) => (detailOf(item).secret ? [forgotten(item.operation)] : []),
};
