import type { World } from "../context.ts";
import { ProxmoxError } from "../proxmox/index.ts";

/** Seconds until a call that was held back may be tried, where the error says so. */
export function untilSeconds(world: World, error: unknown): number | undefined {
  if (!(error instanceof ProxmoxError) || error.until === undefined) return undefined;
  return Math.max(1, Math.ceil((error.until.getTime() - world.clock.now().getTime()) / 1000) + 1);
}
