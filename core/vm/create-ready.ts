import type { World } from "../context.ts";
import { pathOf, type ItemRow } from "../operation/index.ts";
import { interfaces, pending, presentTextsOf, ProxmoxError, type Proxmox } from "../proxmox/index.ts";
import { outsideOf } from "./addresses.ts";
import { networksOf } from "./config-networks.ts";
import { birthOf, todoOf } from "./create-detail.ts";

/** Seconds before each look: a guest needs some to boot, and each look at an agent that is not there costs its node three. */
const PAUSES = [5, 5, 10, 15, 20];
const LONGEST = 30;

/** The addresses by which others can reach a guest, or why there are none yet. */
async function look(proxmox: Proxmox, item: ItemRow): Promise<{ addresses: string[]; seen: string }> {
  try {
    const { interfaces: found } = await interfaces(proxmox, pathOf(item));
    const cards = found.length === 0 ? [] : networksOf(presentTextsOf(await pending(proxmox, pathOf(item))));
    const addresses = outsideOf(found, cards).map(({ address }) => address);
    return { addresses, seen: addresses.length > 0 ? "it has an address" : "it has no address yet" };
  } catch (error) {
    if (!(error instanceof ProxmoxError) || error.meaning === "moved") throw error;
    return { addresses: [], seen: error.message };
  }
}

/** One look for the agent and its addresses, with a deadline of its own that begins with the first. */
export async function lookReady(
  world: World,
  proxmox: Proxmox,
  item: ItemRow,
): Promise<Record<string, unknown>> {
  const { seconds } = todoOf(item, "ready");
  const now = world.clock.now().getTime();
  const { readyBy = new Date(now + seconds * 1000).toISOString(), looks } = birthOf(item);
  const { addresses, seen } = await look(proxmox, item);
  const over = now >= Date.parse(readyBy);
  const readiness = addresses.length > 0 ? "ready" : over ? "degraded" : "waiting";
  const late = `it runs, but was not ready in ${seconds} s: ${seen}`;
  const degraded = readiness === "degraded" ? { degraded: late } : {};
  return { readiness, readyBy, looks: looks + 1, seen, addresses, ...degraded };
}

/** How long until the next look, and for what. */
export function pauseOf(item: ItemRow): { seconds: number; reason: string } | undefined {
  const { step, looks, seen, readyBy } = birthOf(item);
  if (step !== "ready") return undefined;
  const what = item.vm.type === "lxc" ? "an address" : "its agent";
  const reason = `made and started; waiting for ${what}${readyBy === undefined ? "" : ` until ${readyBy}`}${seen === undefined ? "" : `: ${seen}`}`;
  return { seconds: PAUSES[looks] ?? LONGEST, reason };
}
