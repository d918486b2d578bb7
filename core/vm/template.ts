import * as z from "zod";
import { type Effect, type ItemRow, observed, pathOf, single } from "../operation/index.ts";
import { notOff, stateOf } from "../power/index.ts";
import {
  config,
  current,
  makeTemplate,
  ProxmoxError,
  snapshots,
  tasksOf,
  type Proxmox,
} from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";
import { drivesOf, foreignDisk } from "../disk/index.ts";
import { TARGET } from "./target.ts";

const TYPES = ["qmtemplate", "vztemplate"];

/** Makes one guest a template, for good. It has to be off and without snapshots. */
export const template = single({
  action: ACTIONS.template,
  input: z.strictObject(TARGET),
  async propose({ guest, proxmox }) {
    if (guest.template)
      return { run: false, code: "vm.template", because: `${guest.id} is a template already` };
    const awake = notOff(guest.id, stateOf(await current(proxmox, guest)));
    if (awake) return { run: false, ...awake };
    const taken = (await snapshots(proxmox, guest)).filter(({ name }) => name !== "current");
    const because = `${guest.id} has ${taken.length} snapshots, which a template cannot`;
    if (taken.length > 0) return { run: false, code: "snapshot.present", because };
    // An unused disk is not made a base.
    const drives = (await drivesOf(proxmox, guest)).filter(
      ({ kind }) => kind !== "cd-rom" && kind !== "unused",
    );
    const foreign = drives.map((drive) => foreignDisk(guest, drive)).find((reason) => reason !== undefined);
    if (foreign) return { run: false, ...foreign };
    return { run: true, because: `${guest.id} is stopped` };
  },
});

async function isTemplate(proxmox: Proxmox, item: ItemRow): Promise<boolean> {
  const kept = await config(proxmox, pathOf(item));
  return String(kept["template"]) === "1";
}

/** The task of a container, which the answer does not name. */
async function taskOf(proxmox: Proxmox, item: ItemRow): Promise<string> {
  const { node, vmid } = item.vm;
  const [task] = await tasksOf(proxmox, { node, vmid, types: TYPES, sentAt: new Date(item.sentAt ?? "") });
  if (task) return task.upid;
  const path = "/nodes/{node}/lxc/{vmid}/template";
  throw new ProxmoxError("ambiguous", { path, status: 200, reason: "its task is not to be seen yet" });
}

/** Proxmox makes no template of a template, so a second request does nothing. */
export const templating: Effect = {
  action: ACTIONS.template,
  looks: "config",
  async check(_ctx, _proxmox, item, look) {
    if (item.attempts > 0 || String((await look.config())["template"]) !== "1") return undefined;
    return { code: "vm.template", reason: `${item.vm.id} is a template already` };
  },
  send: async (proxmox, item) => (await makeTemplate(proxmox, pathOf(item))) ?? (await taskOf(proxmox, item)),
  observe: (proxmox, item) => observed(proxmox, item, TYPES, () => isTemplate(proxmox, item)),
  verify: isTemplate,
  forgives: ({ attempts }, message) =>
    attempts > 1 && message.includes("convert a template to a template") ? "done" : undefined,
  repeatable: true,
};
