import type { World } from "../context.ts";
import { current, ProxmoxError, runningTasks, seesTasks, type Proxmox } from "../proxmox/index.ts";
import { pathOf, type ItemRow } from "./item.ts";
import { secondsSince } from "./passed.ts";

/** Proxmox's lock of a guest, as its messages name it: `VM is locked (suspending)`. */
export const lockIn = (message: string | null): string | undefined =>
  /\bis locked \(([a-z-]+)\)/.exec(message ?? "")?.[1];

/** Locks that are there for as long as somebody wants, or that a command holds which is no task. */
const WANTED = new Set(["suspended", "mounted", "fstrim"]);
/** Whose task is not that of the guest which it locks: a clone is locked by the task of its source. */
const ELSEWHERE = /clone|tunnel/;
/** So long a lock stands there without a task before it is called left behind: no task may begin so late, or end so slowly. */
const LEFT_SECONDS = 60;

/** Whether a task that runs may be what holds the lock of a guest; one of several guests names none. */
const mayHold = ({ id = "", type }: { id?: string | undefined; type: string }, vmid: number) =>
  id === "" || id === String(vmid) || ELSEWHERE.test(type);

/** Whether surely no task holds the lock of a guest: false where that cannot be seen. */
async function isAlone(proxmox: Proxmox, { vm }: ItemRow, lock: string): Promise<boolean> {
  if (WANTED.has(lock)) return false;
  try {
    const running = await runningTasks(proxmox, vm.node);
    return !running.some((task) => mayHold(task, vm.vmid)) && (await seesTasks(proxmox, vm.node));
  } catch (error) {
    if (error instanceof ProxmoxError) return false;
    throw error;
  }
}

/** What is known of a lock that keeps an item waiting: since when no task holds it, and how to take it away if it is left behind. */
interface Lock {
  readonly aloneSince: string | null;
  readonly left?: string;
}

/**
 * Looks whether a task holds the lock that a message names. One without a task was left by something that died, and will
 * stay for ever; only a person can tell that nothing works on the guest any more.
 */
export async function lockOf(world: World, proxmox: Proxmox, item: ItemRow, reason: string): Promise<Lock> {
  const lock = lockIn(reason);
  if (lock === undefined || !(await isAlone(proxmox, item, lock))) return { aloneSince: null };
  const aloneSince = item.aloneSince ?? world.clock.now().toISOString();
  if (secondsSince(world, aloneSince) < LEFT_SECONDS) return { aloneSince };
  const { type, vmid, node } = item.vm;
  const command = `${type === "qemu" ? "qm" : "pct"} unlock ${vmid}`;
  const left = `no task holds that lock: once nothing works on ${item.vm.id} any more, run \`${command}\` on ${node}`;
  return { aloneSince, left };
}

/** Whether a guest still has the lock for which its item was refused; then nothing is asked that could only fail again. */
export async function isStillLocked(proxmox: Proxmox, item: ItemRow): Promise<boolean> {
  const lock = item.blockedAt === null ? undefined : lockIn(item.reason);
  return lock !== undefined && (await current(proxmox, pathOf(item))).lock === lock;
}
