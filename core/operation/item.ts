import * as z from "zod";
import type { World } from "../context.ts";
import type { Reading } from "../db/index.ts";
import type { GuestPath } from "../proxmox/index.ts";
import { FINAL } from "./counts.ts";
import { ItemError, partition } from "./operation.ts";

const Vm = z.object({
  id: z.string(),
  cluster: z.string(),
  vmid: z.number(),
  name: z.string().nullable(),
  node: z.string(),
  type: z.enum(["qemu", "lxc"]),
});

/**
 * One guest's part of an operation as it is kept. `intent` is stored before Proxmox is asked, `sent` once its
 * UPID is known. `fence` grows with every worker that takes the item, so that a late one cannot write any more.
 */
export const ItemRow = z.object({
  operation: z.string(),
  n: z.number(),
  action: z.string(),
  lane: z.string(),
  vm: Vm,
  /** When its guest was chosen first, where that was for an operation before. */
  chosenAt: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  /** What policy said when it was asked last, for the audit row of the end. */
  decision: z.enum(["allowed", "override"]),
  wouldRefuse: z.boolean(),
  state: z.enum(["queued", "intent", "sent", ...FINAL]),
  fence: z.number(),
  attempts: z.number(),
  blockedAt: z.string().nullable(),
  /** Since when the lock for which it waits has been there without a task that could hold it. */
  aloneSince: z.string().nullable(),
  /** When the message of an item that went back into the queue is due. */
  dueAt: z.string().nullable(),
  /** It gave up its slots while it waits, and needs them again before it may go on. */
  free: z.boolean(),
  /** Its UPID was found, not answered: the task may be another's, so its success proves nothing. */
  adopted: z.boolean(),
  /** Steps that are done. Once there is one, nothing stops the item any more: what it made would be left half made. */
  step: z.number(),
  /** Its task is to be stopped: when to ask for that, the first time or again. */
  haltAt: z.string().nullable(),
  /** Proxmox was asked to stop its task, and did not refuse. */
  halted: z.boolean(),
  /** When its guest was not where it had been listed. */
  movedAt: z.string().nullable(),
  sentAt: z.string().nullable(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  upid: z.string().nullable(),
  reason: z.string().nullable(),
  error: ItemError.nullable(),
  warnings: z.array(z.string()),
  /** What it made, such as the new guest of a clone. */
  result: z.record(z.string(), z.unknown()).nullable(),
});
export type ItemRow = z.infer<typeof ItemRow>;

/** The key of an item. */
export const itemKey = (operation: string, n: number) => ({
  pk: partition(operation),
  sk: `item#${String(n).padStart(6, "0")}`,
});

/** The name under which an item holds slots and guests, and its marker in Proxmox. */
export const holderOf = (item: { operation: string; n: number }) => `${item.operation}/${item.n}`;

/** The item that a holder's name means. */
export function itemOf(holder: string): { operation: string; n: number } {
  const [operation = "", n = ""] = holder.split("/");
  return { operation, n: Number(n) };
}

/** Whether one holder's operation was asked for before the other's: their ids sort by time. */
export const isOlder = (one: string, other: string) => itemOf(one).operation < itemOf(other).operation;

/** The item, or undefined. */
export async function loadItem(world: World, operation: string, n: number): Promise<ItemRow | undefined> {
  const row = await world.store.get("History", itemKey(operation, n));
  return row ? ItemRow.parse(row) : undefined;
}

/**
 * The item that nobody has begun, as it was a moment ago, at half the price: should somebody have begun it since, taking
 * it fails by its fence. Any other is read as it is now.
 */
export async function recallItem(world: World, operation: string, n: number): Promise<ItemRow | undefined> {
  const row = await world.store.get("History", itemKey(operation, n), { eventual: true });
  const item = row && ItemRow.parse(row);
  return item?.state === "queued" && item.fence === 0 ? item : loadItem(world, operation, n);
}

const WIDEST = 12;

/**
 * The items that hold slots of a node, in no order, as they were a moment ago. Items of one operation on one node have
 * numbers close to each other, and a short range costs less than its members one by one.
 */
export async function loadRange(world: World, holders: readonly string[]): Promise<ItemRow[]> {
  const operations = Map.groupBy(holders.map(itemOf), ({ operation }) => operation);
  const found = [...operations].map(async ([operation, members]) => {
    const numbers = members.map(({ n }) => n);
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    if (most - least >= WIDEST) return loadHolders(world, members.map(holderOf), { eventual: true });
    const rows = await world.store.query({
      table: "History",
      pk: partition(operation),
      after: least === 0 ? "item#" : itemKey(operation, least - 1).sk,
      limit: most - least + 1,
      eventual: true,
    });
    const items = rows.filter((row) => row.sk.startsWith("item#")).map((row) => ItemRow.parse(row));
    return items.filter((item) => numbers.includes(item.n));
  });
  return (await Promise.all(found)).flat();
}

/** The items that hold something, in no order. */
export async function loadHolders(
  world: World,
  holders: readonly string[],
  how?: Reading,
): Promise<ItemRow[]> {
  if (holders.length === 0) return [];
  // One that raced with itself may hold two slots, and DynamoDB refuses a key that is asked for twice.
  const keys = [...new Set(holders)].map(itemOf).map(({ operation, n }) => itemKey(operation, n));
  return (await world.store.getMany("History", keys, how)).map((row) => ItemRow.parse(row));
}

/** Whether nothing more will happen to an item. */
export const isFinal = (item: ItemRow) => FINAL.some((state) => state === item.state);

/** The node where its guest is, as a lane is named. */
export const placeOf = ({ vm }: ItemRow): string => `${vm.cluster}/${vm.node}`;

/** The nodes of which it holds a slot: that of its lane, and another when the guest has moved since. */
export const placesOf = (item: ItemRow): string[] => [...new Set([item.lane, placeOf(item)])];

/** Where in Proxmox the item's guest is. */
export const pathOf = (item: ItemRow): GuestPath => ({
  node: item.vm.node,
  type: item.vm.type,
  vmid: item.vm.vmid,
});
