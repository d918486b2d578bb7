import { deepEqual } from "node:assert/strict";
import * as z from "zod";
import type { ItemRow } from "../../core/operation/item.ts";
import type { Simulator } from "../../local/proxmox/index.ts";

type State = ReturnType<Simulator["dump"]>;

/** What happened to guests beside what the operation did. */
export interface Beside {
  /** Guests that somebody else deleted, or whose node broke down: what was made of them may be gone. */
  readonly lost?: (vmid: number) => boolean;
  /** Guests that were made out of a backup, whose notes still name who made the guest that was backed up. */
  readonly restored?: ReadonlySet<number>;
  /** Whether another item was to delete a snapshot, which is told as `vmid/name`. */
  readonly removed?: (snapshot: string, item: ItemRow) => boolean;
}

const told = (item: ItemRow) => `${item.vm.id} ${item.state} (${item.reason})`;
const saysHalfMade = (item: ItemRow) => item.reason?.includes("half made") === true;

type Check = (item: ItemRow, state: State, beside: Beside) => void;

const nameOf = (item: ItemRow) => String(item.detail["name"]);

/** A snapshot is there once when it succeeded, and not at all when it did not. */
const taken: Check = (item, { guests }, { removed }) => {
  const marker = `moxxie=${item.operation}/${item.n}`;
  const made = Object.values(guests[item.vm.vmid]?.snapshots ?? {}).filter((snapshot) =>
    (snapshot.description ?? "").split(/\s/).includes(marker),
  );
  const whole = made.filter((snapshot) => snapshot.snapstate === undefined).length;
  const isRemoved = removed?.(`${item.vm.vmid}/${nameOf(item)}`, item) === true;
  if (item.state !== "unknown" && !(whole === 0 && isRemoved))
    deepEqual([told(item), whole], [told(item), item.state === "succeeded" ? 1 : 0], "I3: snapshot");
  const half = made.length - whole;
  if (!isRemoved && item.state !== "unknown")
    deepEqual([told(item), half], [told(item), saysHalfMade(item) ? 1 : 0], "I3: half a snapshot");
};

const Named = z.object({ name: z.string() });
const Deletion = z.object({
  targets: z.array(Named).nullable().default(null),
  done: z.array(Named).default([]),
  current: Named.nullable().default(null),
});

/** The snapshots that an item has deleted, that with which it was busy last, and those that it was to delete. */
export function deletionsOf(item: ItemRow) {
  const { targets, done, current } = Deletion.parse(item.detail);
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);
  const last = current ? [current.name] : [];
  return { done: names(done), last, all: [...names(targets ?? []), ...names(done), ...last] };
}

/** Snapshots that were deleted are gone; one whose deletion failed is still there, unless another item has deleted it. */
const deleted: Check = (item, { guests }, { removed }) => {
  const { done, last } = deletionsOf(item);
  const there = (name: string) => guests[item.vm.vmid]?.snapshots[name] !== undefined;
  const gone = item.state === "succeeded" ? [...done, ...last] : done;
  deepEqual([told(item), gone.filter(there)], [told(item), []], "I3: deletion");
  const left = last.filter((name) => removed?.(`${item.vm.vmid}/${name}`, item) !== true);
  if (item.state === "failed" && item.attempts > 0)
    deepEqual([told(item), left.filter(there)], [told(item), left], "I3: deletion that failed");
};

const lastLine = (notes: string | undefined) => (notes ?? "").trimEnd().split("\n").at(-1);

/** A clone is one whole guest with the VMID that the item tells, or none. */
const cloned: Check = (item, { guests }, { lost, restored }) => {
  if (lost?.(Number(item.result?.["vmid"] ?? item.detail["vmid"]))) return;
  const ours = Object.values(guests).filter(
    (guest) =>
      restored?.has(guest.vmid) !== true &&
      lastLine(guest.config["description"]) === `moxxie=${item.operation}/${item.n}`,
  );
  const whole = ours.filter((guest) => guest.lock === undefined).map(({ vmid }) => vmid);
  const expected = item.state === "succeeded" ? [item.result?.["vmid"]] : [];
  if (item.state !== "unknown") deepEqual([told(item), whole], [told(item), expected], "I3: clone");
  if (item.state !== "unknown" && !saysHalfMade(item))
    deepEqual([told(item), ours.length], [told(item), whole.length], "I3: half a clone");
};

const CHECKS: Readonly<Record<string, Check>> = {
  "snapshot.create": taken,
  "snapshot.delete": deleted,
  "vm.clone": cloned,
};

/** I2 and I3: what Proxmox has is what the items say, once. Power is checked by what ran, in history.ts. */
export function checkTruth(simulator: Simulator, items: readonly ItemRow[], beside: Beside = {}): void {
  const state = simulator.state;
  for (const item of items) if (!beside.lost?.(item.vm.vmid)) CHECKS[item.action]?.(item, state, beside);
}
