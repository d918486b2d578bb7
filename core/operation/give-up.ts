import type { World } from "../context.ts";
import type { Proxmox, ProxmoxError } from "../proxmox/index.ts";
import type { Ending } from "./ending.ts";
import type { ItemRow } from "./item.ts";
import { loadOperation } from "./operation.ts";

/** Failures that last: the node is away, or the token is refused. Any other may be gone at the next look. */
const LASTING = new Set(["unsent", "credentials"]);

/** Whether an operation's deadline has passed. */
async function isLate(world: World, id: string): Promise<boolean> {
  const operation = await loadOperation(world, id);
  if (!operation) return false;
  const age = (world.clock.now().getTime() - Date.parse(operation.createdAt)) / 1000;
  return age > operation.limits.deadlineSeconds;
}

/** How a request ends of which nothing can be learnt any more once its operation's deadline has passed; undefined before. */
export async function giveUp(world: World, item: ItemRow, error: ProxmoxError): Promise<Ending | undefined> {
  if (!LASTING.has(error.meaning) || !(await isLate(world, item.operation))) return undefined;
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
