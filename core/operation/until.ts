import type { World } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import { ProxmoxError } from "../proxmox/index.ts";

/** Those who wait for the same come one after the other: the first is the probe, and the others find it over. */
const SPREAD_SECONDS = 8;

/** It may be over before the next probe, and to see that costs no request. */
const MOST_SECONDS = 60;

/** Seconds until a call that was held back may be tried for an item, where the error says so. */
export function untilSeconds(
  world: World,
  error: unknown,
  { n }: { readonly n: number },
): number | undefined {
  const cause = error instanceof Fault ? error.cause : error;
  if (!(cause instanceof ProxmoxError) || cause.until === undefined) return undefined;
  const left = Math.ceil((cause.until.getTime() - world.clock.now().getTime()) / 1000);
  return Math.min(MOST_SECONDS, Math.max(0, left)) + 1 + (n % SPREAD_SECONDS);
}
