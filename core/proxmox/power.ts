import { begun } from "./begun.ts";
import type { Proxmox } from "./client.ts";
import { atGuest, type GuestPath } from "./guest.ts";
import { ask, type Call } from "./request.ts";

/** What can be done to a guest's power. */
export const POWER_ACTIONS = ["start", "stop", "shutdown", "reboot", "reset", "suspend", "resume"] as const;
export type PowerAction = (typeof POWER_ACTIONS)[number];

/** How it is done; each call takes what it knows of this. */
interface PowerManner {
  /** Seconds. */
  readonly timeout?: number | undefined;
  /** Whether a shutdown that comes to nothing in time is made a stop. */
  readonly forceStop?: boolean | undefined;
  readonly toDisk?: boolean | undefined;
}

function ofVm(guest: GuestPath, action: PowerAction, { timeout, forceStop, toDisk }: PowerManner): Call {
  const at = atGuest(guest);
  if (action === "start") return ask("POST /nodes/{node}/qemu/{vmid}/status/start", at, { timeout });
  if (action === "stop") return ask("POST /nodes/{node}/qemu/{vmid}/status/stop", at, { timeout });
  if (action === "reboot") return ask("POST /nodes/{node}/qemu/{vmid}/status/reboot", at, { timeout });
  if (action === "suspend")
    return ask("POST /nodes/{node}/qemu/{vmid}/status/suspend", at, { todisk: toDisk });
  if (action === "shutdown")
    return ask("POST /nodes/{node}/qemu/{vmid}/status/shutdown", at, { timeout, forceStop });
  return ask(`POST /nodes/{node}/qemu/{vmid}/status/${action}`, at);
}

function ofContainer(
  guest: GuestPath,
  action: Exclude<PowerAction, "reset">,
  { timeout, forceStop }: PowerManner,
): Call {
  const at = atGuest(guest);
  if (action === "reboot") return ask("POST /nodes/{node}/lxc/{vmid}/status/reboot", at, { timeout });
  if (action === "shutdown")
    return ask("POST /nodes/{node}/lxc/{vmid}/status/shutdown", at, { timeout, forceStop });
  return ask(`POST /nodes/{node}/lxc/{vmid}/status/${action}`, at);
}

/** Asks for a change of a guest's power; the answer is the UPID of the task. A container has no reset. */
export function power(
  proxmox: Proxmox,
  guest: GuestPath,
  action: PowerAction,
  manner: PowerManner = {},
): Promise<string> {
  const container = guest.type === "lxc" && action !== "reset";
  const call = container ? ofContainer(guest, action, manner) : ofVm(guest, action, manner);
  return proxmox.call(call, begun);
}
