import { deepEqual } from "node:assert/strict";
import type { ItemRow } from "../../core/operation/item.ts";
import { deletionsOf } from "./truth.ts";
import type { Simulator } from "../../local/proxmox/index.ts";

export type Task = Simulator["state"]["tasks"][string];

/** When a guest was seen to have come to be running or stopped, and when it was not so yet, in milliseconds of the epoch. */
export interface Switched {
  readonly vmid: number;
  readonly since: number;
  readonly at: number;
  readonly status: string;
}

/** When a guest was seen to have come to a node, and when it was not there yet. */
export interface Moved {
  readonly vmid: number;
  readonly since: number;
  readonly at: number;
  readonly node: string;
}

/** All that is needed to judge what ran: tasks of our own, the items of all operations, how power and places changed. */
export interface History {
  readonly tasks: readonly Task[];
  readonly items: readonly ItemRow[];
  readonly switched: readonly Switched[];
  readonly moved: readonly Moved[];
}

const TYPES: Readonly<Record<string, readonly string[]>> = {
  "snapshot.create": ["qmsnapshot", "vzsnapshot"],
  "snapshot.delete": ["qmdelsnapshot", "vzdelsnapshot"],
  "vm.start": ["qmstart", "vzstart", "hastart"],
  "vm.stop": ["qmstop", "vzstop", "hastop"],
  "backup.create": ["vzdump"],
  "backup.restore": ["qmrestore", "vzrestore", "qmstart", "vzstart", "hastart", "qmconfig"],
  "vm.shutdown": ["qmshutdown", "vzshutdown", "hastop"],
  "vm.reboot": ["qmreboot", "vzreboot"],
  "vm.reset": ["qmreset"],
  "vm.clone": ["qmclone", "vzclone"],
  "vm.migrate": ["qmigrate", "vzmigrate", "hamigrate"],
};

const worked = (task: Task) => task.exitstatus === "OK" || task.exitstatus?.startsWith("WARNINGS") === true;
/** A lost request to stop may come through long after another has done it: it changes nothing any more. */
const isIdle = ({ type, starttime, endtime }: Task) => /stop$|shutdown$/.test(type) && endtime === starttime;
const overlaps = (a: Task, b: Task) =>
  a.starttime < (b.endtime ?? Infinity) && b.starttime < (a.endtime ?? Infinity);
/** Whether a task may be one of an item's; that of a clone bears the number of its source. */
const isOf = (item: ItemRow, task: Task, sourceOf: Facts["sourceOf"]) =>
  task.id === String(sourceOf(item)) && (TYPES[item.action]?.includes(task.type) ?? false);

/** I4: of the tasks that changed a guest no two ran at once. Of a template several copies may be made. */
function checkGuests({ tasks, items }: History, isTemplate: (vmid: string) => boolean) {
  const unknown = new Set(items.filter(({ state }) => state === "unknown").map(({ vm }) => String(vm.vmid)));
  const changes = tasks.filter((task) => worked(task) && !task.type.startsWith("ha") && !isIdle(task));
  for (const [vmid, own] of Map.groupBy(changes, ({ id }) => id)) {
    if (isTemplate(vmid) || unknown.has(vmid)) continue;
    const sorted = own.toSorted((a, b) => a.starttime - b.starttime);
    const pairs = sorted.slice(1).filter((task, index) => overlaps(task, sorted[index] ?? task));
    deepEqual(
      pairs.map(({ upid }) => upid),
      [],
      "I4: two changes of a guest at once",
    );
  }
}

/** The most of these that ran at once. */
function most(tasks: readonly Task[]): number {
  const edges = tasks.flatMap(({ starttime, endtime }) => [
    { at: starttime, change: 1 },
    { at: endtime ?? Infinity, change: -1 },
  ]);
  let [now, top] = [0, 0];
  for (const { change } of edges.toSorted((a, b) => a.at - b.at || a.change - b.change))
    top = Math.max(top, (now += change));
  return top;
}

/** I5: what ran at once on a node, and of an operation that limits itself. */
function checkCaps(
  { tasks, items }: History,
  nodeCap: number,
  limitOf: (operation: string) => number | null,
) {
  const lasting = tasks.filter((task) => (task.endtime ?? Infinity) > task.starttime);
  for (const [node, own] of Map.groupBy(lasting, (task) => task.node))
    deepEqual([node, most(own) > nodeCap], [node, false], `I5: ${most(own)} tasks at once`);
  const byUpid = new Map(lasting.map((task) => [task.upid, task]));
  for (const [operation, own] of Map.groupBy(items, (item) => item.operation)) {
    const limit = limitOf(operation);
    const ran = own.flatMap(({ upid }) => byUpid.get(upid ?? "") ?? []);
    if (limit !== null)
      deepEqual([operation, most(ran) > limit], [operation, false], `I5: ${most(ran)} of ${limit} at once`);
  }
}

/** A restore may have failed after the guest was there, as it tells then. */
const isPartly = ({ action, reason }: ItemRow) =>
  action === "backup.restore" && reason?.includes("was restored, but") === true;

/** A reboot's task ends well although the guest did not come up again, as the item tells then. */
const isDown = ({ action, error }: ItemRow) => action === "vm.reboot" && error?.code === "vm.unverified";

/** How often an item may have worked: each snapshot that it deleted was a task. */
const timesOf = (item: ItemRow) =>
  (item.action === "snapshot.delete" ? deletionsOf(item).done.length : 0) +
  (item.state === "succeeded" || item.state === "unknown" || isPartly(item) || isDown(item) ? 1 : 0);

/** I2 and I6: every task of ours belongs to an item that was accepted before, and none worked twice. */
function checkTasks({ tasks, items }: History, { acceptedAt, isOdd, isAstray, isUndone, sourceOf }: Facts) {
  for (const task of tasks) {
    const owner = items.some(
      (item) => isOf(item, task, sourceOf) && acceptedAt(item.operation) < (task.starttime + 1) * 1000,
    );
    deepEqual([task.upid, owner], [task.upid, true], "I6: a task that no item asked for");
  }
  const groups = Map.groupBy(
    tasks.filter((task) => worked(task) && !/^ha|stop$/.test(task.type) && !isIdle(task)),
    (task) => `${task.id} ${task.type}`,
  );
  for (const [name, own] of groups) {
    const [task] = own;
    const owners = items.filter((item) => task && isOf(item, task, sourceOf));
    const due = owners.reduce((sum, item) => sum + timesOf(item), 0);
    // A copy that somebody deleted before it was seen is made again.
    const subjects = owners.map(({ detail }) => Number(detail["vmid"]));
    if (owners.some(isUndone) || (task && [Number(task.id), ...subjects].some(isOdd))) continue;
    // One that somebody moved elsewhere before it was seen is moved again.
    if (task?.type.endsWith("migrate") === true && isAstray(Number(task.id))) continue;
    deepEqual([name, own.length > due], [name, false], `I2: ${own.length} times for ${due} items`);
  }
}

/** I3 of power: a guest that was started or stopped, or needed not, was so at a moment of the operation. */
function checkPower({ items, switched }: History, acceptedAt: (operation: string) => number, skewMs: number) {
  for (const item of items) {
    const goal = { "vm.start": "running", "vm.stop": "stopped" }[item.action];
    const claims = item.state === "succeeded" || item.error?.code === `vm.${goal}`;
    if (goal === undefined || !claims) continue;
    const from = acceptedAt(item.operation);
    const until = item.finishedAt === null ? from + skewMs : Date.parse(item.finishedAt) + skewMs;
    const own = switched.filter(({ vmid, since }) => vmid === item.vm.vmid && since <= until);
    const first = own.findLastIndex(({ at }) => at < from);
    const seen = own.slice(Math.max(0, first)).map(({ status }) => status);
    const told = `${item.vm.id} ${item.action} ${item.state}`;
    deepEqual([told, seen.includes(goal)], [told, true], "I3: power");
  }
}

/** I3 of migrations: a guest that was moved, or needed not, was on its target at a moment of the operation. */
function checkPlaces({ items, moved }: History, acceptedAt: (operation: string) => number, skewMs: number) {
  for (const item of items) {
    const claims = item.state === "succeeded" || item.error?.code === "vm.there";
    if (item.action !== "vm.migrate" || !claims || item.finishedAt === null) continue;
    const until = Date.parse(item.finishedAt) + skewMs;
    const own = moved.filter(({ vmid, since }) => vmid === item.vm.vmid && since <= until);
    const first = own.findLastIndex(({ at }) => at < acceptedAt(item.operation));
    const seen = own.slice(Math.max(0, first)).map(({ node }) => node);
    const told = `${item.vm.id} ${item.state} ${String(item.detail["target"])}`;
    deepEqual([told, seen.some((node) => node === item.detail["target"])], [told, true], "I3: place");
  }
}

interface Facts {
  readonly nodeCap: number;
  /** Guests of which somebody else made that a task that worked does not show. */
  readonly isOdd: (vmid: number) => boolean;
  /** Guests that somebody else moved. */
  readonly isAstray: (vmid: number) => boolean;
  /** Whether somebody else has deleted or replaced a guest that an item made. */
  readonly isUndone: (item: ItemRow) => boolean;
  readonly isTemplate: (vmid: string) => boolean;
  readonly limitOf: (operation: string) => number | null;
  readonly acceptedAt: (operation: string) => number;
  /** By how much two of our clocks may differ, in milliseconds. */
  readonly skewMs?: number;
  /** The VMID that the call of an item named. */
  readonly sourceOf: (item: ItemRow) => number;
}

/** Holds all that ran to I2, I3, I4, I5 and I6. */
export function checkHistory(history: History, facts: Facts): void {
  const { nodeCap, isTemplate, limitOf, skewMs = 0 } = facts;
  const acceptedAt = (operation: string) => facts.acceptedAt(operation) - skewMs;
  checkGuests(history, isTemplate);
  checkCaps(history, nodeCap, limitOf);
  checkTasks(history, { ...facts, acceptedAt });
  checkPower(history, acceptedAt, skewMs);
  checkPlaces(history, acceptedAt, skewMs);
}
