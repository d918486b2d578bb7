import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { LostRace, type Condition } from "../db/index.ts";
import { parseUpid, ProxmoxError, stopTask, taskStatus, type Proxmox, type Upid } from "../proxmox/index.ts";
import { conclude } from "./conclude.ts";
import type { Effect } from "./effect.ts";
import { itemKey, type ItemRow } from "./item.ts";
import { sendItems } from "./message.ts";
import { settle } from "./settle.ts";

/** A task that goes on although it was asked to stop is asked again after this. */
const AGAIN_MS = 30_000;

/** Whether the task of an item is to be asked to stop now; only that of its first step ever is. */
export const isHaltDue = (world: World, item: ItemRow) =>
  item.state === "sent" &&
  item.step === 0 &&
  item.haltAt !== null &&
  Date.parse(item.haltAt) <= world.clock.now().getTime();

async function mark(
  world: World,
  item: ItemRow,
  set: Partial<Pick<ItemRow, "haltAt" | "halted" | "reason">>,
  when: Condition,
): Promise<boolean> {
  const update = itemKey(item.operation, item.n);
  try {
    await world.store.write([{ table: "History", update, set, when }]);
    return true;
  } catch (error) {
    if (error instanceof LostRace) return false;
    throw error;
  }
}

/** Marks items whose request is on its way or whose task runs, and has those tasks stopped; the watcher sees to the others. */
export async function markHalts(world: World, lane: string, items: readonly ItemRow[]): Promise<void> {
  const haltAt = world.clock.now().toISOString();
  const running = items.filter((item) => item.state !== "queued" && item.step === 0);
  const when = { oneOf: { state: ["intent", "sent"] } };
  for (const item of running.filter((one) => one.haltAt === null)) await mark(world, item, { haltAt }, when);
  const sent = running.filter((item) => item.state === "sent");
  await sendItems(
    world,
    lane,
    sent.map(({ operation, n, fence }) => ({ operation, n, seen: fence })),
  );
}

/** Asks Proxmox to stop the task; false when it refused, which the item tells as long as the task runs. */
async function ask(world: World, proxmox: Proxmox, item: ItemRow, upid: Upid): Promise<boolean> {
  try {
    await stopTask(proxmox, upid);
    return true;
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    const { operation, n } = item;
    world.log.warn("halt", { operation, n, reason: error.message });
    const reason = `its task could not be stopped: ${error.message}`;
    const halted = error.meaning === "ambiguous";
    await mark(world, item, { reason, halted }, { equals: { fence: item.fence, state: "sent" } });
    return false;
  }
}

/** Ends an item whose task has ended by now; the watcher does so otherwise. */
async function end(world: World, proxmox: Proxmox, item: ItemRow, port: { effect: Effect; upid: Upid }) {
  const { effect, upid } = port;
  try {
    const { status, starttime, exitstatus } = await taskStatus(proxmox, upid);
    if (status === "running") return;
    const entry = { starttime, endtime: starttime, status: exitstatus };
    const verdict = await conclude(world, proxmox, item, { entry, effect });
    if (typeof verdict !== "string") await settle(world, item, verdict);
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
  }
}

/**
 * Asks Proxmox to stop an item's task, and ends the item by what is there then. A task that was found, not answered, may be
 * somebody else's: that one is left alone.
 */
export async function halt(world: World, item: ItemRow, effect: Effect): Promise<void> {
  const upid = parseUpid(item.upid);
  if (!upid || !isHaltDue(world, item)) return;
  const mine = { equals: { fence: item.fence, state: "sent", haltAt: item.haltAt ?? "" } };
  if (item.adopted) {
    const reason = "its task may be somebody else's, so it is not stopped but waited for";
    await mark(world, item, { haltAt: null, reason }, mine);
    return;
  }
  const haltAt = new Date(world.clock.now().getTime() + AGAIN_MS).toISOString();
  if (!(await mark(world, item, { haltAt, halted: true }, mine))) return;
  const asked = { ...item, haltAt, halted: true };
  const proxmox = await Cluster.connect(world, item.vm.cluster);
  if (await ask(world, proxmox, asked, upid)) await end(world, proxmox, asked, { effect, upid });
}
