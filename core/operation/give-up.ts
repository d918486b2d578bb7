import type { World } from "../context.ts";
import type { ProxmoxError } from "../proxmox/index.ts";
import type { ItemRow } from "./item.ts";
import { loadOperation } from "./operation.ts";
import { settle } from "./settle.ts";

/** Failures that last: the node is away, or the token is refused. Any other may be gone at the next look. */
const LASTING = new Set(["unsent", "credentials"]);

/** Ends a request of which nothing can be learnt any more once its operation's deadline has passed; false before. */
export async function giveUp(world: World, item: ItemRow, error: ProxmoxError): Promise<boolean> {
  if (!LASTING.has(error.meaning)) return false;
  const operation = await loadOperation(world, item.operation);
  if (!operation) return false;
  const age = (world.clock.now().getTime() - Date.parse(operation.createdAt)) / 1000;
  if (age <= operation.limits.deadlineSeconds) return false;
  const reason = `the deadline has passed and there is no telling how it ended: ${error.message}`;
  return settle(world, item, { state: "unknown", code: "proxmox.no-answer", reason });
}
