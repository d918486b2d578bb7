import type { World } from "../context.ts";
import type { ProxmoxError } from "../proxmox/index.ts";
import type { Ending } from "./ending.ts";
import type { ItemRow } from "./item.ts";
import { loadOperation } from "./operation.ts";

/** Failures that last: the node is away, or the token is refused. Any other may be gone at the next look. */
const LASTING = new Set(["unsent", "credentials"]);

/** How a request ends of which nothing can be learnt any more once its operation's deadline has passed; undefined before. */
export async function giveUp(world: World, item: ItemRow, error: ProxmoxError): Promise<Ending | undefined> {
  if (!LASTING.has(error.meaning)) return undefined;
  const operation = await loadOperation(world, item.operation);
  if (!operation) return undefined;
  const age = (world.clock.now().getTime() - Date.parse(operation.createdAt)) / 1000;
  if (age <= operation.limits.deadlineSeconds) return undefined;
  const reason = `the deadline has passed and there is no telling how it ended: ${error.message}`;
  return { state: "unknown", code: "proxmox.no-answer", reason };
}
