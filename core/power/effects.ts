import { current, power, tasks, type Proxmox } from "../proxmox/index.ts";
import { pathOf, type Effect, type ItemRow, type Observation, type Skip } from "../operation/index.ts";

const MARGIN_MS = 5000;

type Switch = {
  readonly action: "start" | "stop";
  readonly goal: "running" | "stopped";
  readonly types: readonly string[];
};

async function reached(proxmox: Proxmox, item: ItemRow, goal: Switch["goal"]): Promise<boolean> {
  return (await current(proxmox, pathOf(item))).status === goal;
}

/** The state of the guest is the proof: who brought it there does not matter. Else its newest task of this kind tells. */
async function observe(proxmox: Proxmox, item: ItemRow, wanted: Switch): Promise<Observation> {
  const since = new Date(Date.parse(item.sentAt ?? "") - MARGIN_MS);
  const found = await tasks(proxmox, item.vm.node, { since, vmid: item.vm.vmid });
  const task = found
    .filter((entry) => wanted.types.includes(entry.type))
    .toSorted((a, b) => b.starttime - a.starttime)[0];
  if (task && task.endtime === undefined) return { state: "running", upid: task.upid };
  if (await reached(proxmox, item, wanted.goal))
    return { state: "done", ...(task ? { upid: task.upid } : {}) };
  if (task)
    return { state: "failed", detail: task.status ?? "the task ended without a status", upid: task.upid };
  return { state: "absent" };
}

/** Listings are old, so a bulk call looks at each guest before it acts. A later attempt may meet what an earlier one did. */
async function needless(proxmox: Proxmox, item: ItemRow, wanted: Switch): Promise<Skip | undefined> {
  if (item.attempts > 0 || !(await reached(proxmox, item, wanted.goal))) return undefined;
  return { code: `vm.${wanted.goal}`, reason: `${item.vm.id} is ${wanted.goal} already` };
}

const switching = (wanted: Switch): Effect => ({
  check: (_ctx, proxmox, item) => needless(proxmox, item, wanted),
  send: (proxmox, item) => power(proxmox, pathOf(item), wanted.action),
  observe: (proxmox, item) => observe(proxmox, item, wanted),
  verify: (proxmox, item) => reached(proxmox, item, wanted.goal),
  repeatable: true,
});

/** Starting a guest: asked twice it is still started once. */
export const starting = switching({
  action: "start",
  goal: "running",
  types: ["qmstart", "vzstart", "hastart"],
});

/** Stopping a guest: pulling the plug, asked twice it is still stopped once. */
export const stopping = switching({ action: "stop", goal: "stopped", types: ["qmstop", "vzstop", "hastop"] });
