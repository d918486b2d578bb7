import { pathOf, type Effect, type ItemRow, type Observation } from "../operation/index.ts";
import { powering } from "../power/index.ts";
import { config, resizeDisk, setOptions, tasksOf, type Proxmox, toTexts } from "../proxmox/index.ts";
import { missingDrive } from "./cloud-init-drive.ts";
import { lookHalfMade, observeClean, sendClean } from "./create-clean.ts";
import { todoOf, type Birth } from "./create-detail.ts";
import { lookReady } from "./create-ready.ts";
import { opened } from "./secret.ts";
import { disksOf } from "../disk/index.ts";

/** One step after the guest is there: asked once, as an item is, and repeated only where that is harmless. */
type Part = Pick<Effect, "prepare" | "send" | "observe" | "verify" | "forgives">;

const textsNow = async (proxmox: Proxmox, item: ItemRow) => toTexts(await config(proxmox, pathOf(item)));

const configure: Part = {
  async prepare(ctx, _proxmox, item) {
    if (todoOf(item, "configure").secret) await opened(ctx, item.operation);
    return {};
  },
  async send(proxmox, item, world) {
    const { set, remove, drive, secret } = todoOf(item, "configure");
    const hidden = secret ? await opened(world, item.operation) : {};
    const made = drive === null ? {} : missingDrive(await textsNow(proxmox, item), drive);
    await setOptions(proxmox, pathOf(item), { set: { ...set, ...made, ...hidden }, remove });
    return undefined;
  },
  // A password is shown by nobody, so nothing tells whether it was set; asked twice it is the same.
  observe: async () => ({ state: "absent" }),
};

const isGrown = async (proxmox: Proxmox, item: ItemRow): Promise<boolean> => {
  const { disk, bytes } = todoOf(item, "grow");
  const found = disksOf(await textsNow(proxmox, item)).find(({ name }) => name === disk);
  return (found?.sizeBytes ?? 0) >= bytes;
};

const grow: Part = {
  async send(proxmox, item) {
    const { disk, bytes } = todoOf(item, "grow");
    return (await resizeDisk(proxmox, pathOf(item), { disk, size: String(bytes) })) ?? undefined;
  },
  async observe(proxmox, item): Promise<Observation> {
    const { node, vmid } = item.vm;
    const trace = { node, vmid, types: ["resize"], sentAt: new Date(item.sentAt ?? "") };
    const running = (await tasksOf(proxmox, trace)).find(({ endtime }) => endtime === undefined);
    if (running) return { state: "running", upid: running.upid };
    return { state: (await isGrown(proxmox, item)) ? "done" : "absent" };
  },
};

const nothing: Part = { send: async () => undefined, observe: async () => ({ state: "done" }) };

/** The steps after a guest is there. */
export const STEPS: Readonly<Record<Exclude<Birth["step"], "make">, Part>> = {
  configure,
  grow,
  start: powering("start"),
  ready: { ...nothing, prepare: lookReady },
  clean: {
    prepare: (_ctx, proxmox, item) => lookHalfMade(proxmox, item),
    send: sendClean,
    observe: observeClean,
  },
  end: nothing,
};
