import * as z from "zod";
import type { World } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import { ProxmoxError, type Proxmox } from "../proxmox/index.ts";
import type { Ending } from "./ending.ts";
import type { ItemRow } from "./item.ts";
import { GRACE_SECONDS } from "./judge.ts";
import { loadOperation } from "./operation.ts";

/** Failures that last: the node is away, or the token is refused. Any other may be gone at the next look, and is borne longer. */
const LASTING = new Set(["unsent", "credentials"]);

/** A mistake in what is kept of one item, or in what we make of it: it does no harm to the others. */
export const isMistake = (error: unknown): error is Error =>
  error instanceof Fault || error instanceof z.ZodError || error instanceof TypeError;

/** Whether an operation's deadline has passed, and so many seconds more. */
async function isLate(world: World, id: string, seconds = 0): Promise<boolean> {
  const operation = await loadOperation(world, id);
  if (!operation) return false;
  const age = (world.clock.now().getTime() - Date.parse(operation.createdAt)) / 1000;
  return age > operation.limits.deadlineSeconds + seconds;
}

/** How a request ends of which nothing can be learnt any more once its operation's deadline has passed; undefined before. */
export async function giveUp(world: World, item: ItemRow, error: Error): Promise<Ending | undefined> {
  const lasts = error instanceof ProxmoxError && LASTING.has(error.meaning);
  const grace = lasts ? 0 : GRACE_SECONDS;
  if (!(await isLate(world, item.operation, grace))) return undefined;
  const reason = `the deadline has passed and there is no telling how it ended: ${error.message}`;
  return { state: "unknown", code: "proxmox.no-answer", reason };
}

/** With what a look at an item's effect waits: nothing could be done about it now. After the deadline it is only looked at. */
export async function waitsWith(
  world: World,
  proxmox: Proxmox,
  item: ItemRow,
): Promise<ProxmoxError | undefined> {
  const held = await proxmox.heldBack({ effect: "write", node: item.vm.node });
  return held && !(await isLate(world, item.operation)) ? held : undefined;
}
