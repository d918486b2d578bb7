import { deepEqual } from "node:assert/strict";
import type { ItemRow } from "../core/operation/item.ts";
import * as RestoreRoute from "../functions/api/backups/restore.ts";
import * as BackupRoute from "../functions/api/vms/backups/create.ts";
import type { Dice } from "./lib/dice.ts";
import { diceFor } from "./world-hazards.ts";
import { insist } from "./world-insist.ts";
import type { Stage } from "./world-stage.ts";

const backupsOf = ({ simulator }: Stage) =>
  simulator.state.volumes.filter(({ content }) => content === "backup");

/** Backs a guest up. */
async function backUp(world: Stage, dice: Dice): Promise<void> {
  const guest = dice.one(Object.values(world.simulator.state.guests));
  const body = { storage: "backup", mode: dice.one(["snapshot", "snapshot", "stop"]), override: true };
  world.tell(`back ${guest.vmid} up ${JSON.stringify(body)}`);
  await insist(world, BackupRoute, { path: { cluster: "main", vmid: guest.vmid }, body });
}

/** Restores a backup as a new guest, or in place of one, which is then no more what it was. */
async function bringBack(world: Stage, dice: Dice): Promise<void> {
  const [backup] = dice.some(backupsOf(world), 1);
  if (!backup) return;
  const guests = Object.values(world.simulator.state.guests);
  const stopped = guests.filter(({ status, config }) => status === "stopped" && config["template"] !== "1");
  const old = dice.chance(0.5) ? dice.some(stopped, 1)[0] : undefined;
  const wanted = dice.chance(0.4) ? { vmid: dice.between(6000, 6002) } : {};
  const place = old ? { vmid: old.vmid, force: true, override: true } : wanted;
  const body = { volid: backup.volid, ...place, start: dice.chance(0.3) };
  if (old) world.replaced.add(old.vmid);
  if (old) world.undo(old);
  world.tell(`restore ${JSON.stringify(body)}`);
  await insist(world, RestoreRoute, { path: { cluster: "main" }, body });
}

/** Backups, and guests that are made out of them. */
export function restores(world: Stage, length: number) {
  const dice = diceFor(world.seed, "restoring");
  const some = (count: number, what: typeof backUp) =>
    Array.from({ length: count }, () => {
      const own = dice.apart();
      return { at: dice.between(0, length), happen: () => what(world, own) };
    });
  return [...some(dice.between(0, 2), backUp), ...some(dice.between(1, 3), bringBack)];
}

const told = (item: ItemRow) => `${item.vm.id} ${item.action} ${item.state} (${item.reason})`;

/** I3 of backups: there is one with the item's name where it says so, and none where it has failed. */
function checkBackup(world: Stage, item: ItemRow): void {
  const marker = `moxxie=${item.operation}/${item.n}`;
  const made = backupsOf(world).filter(({ notes }) => notes?.trimEnd().endsWith(marker)).length;
  if (item.state === "succeeded") deepEqual([told(item), made], [told(item), 1], "I3: backup");
  else if (item.state !== "unknown") deepEqual([told(item), made], [told(item), 0], "I3: backup that failed");
}

/** I3 of restores: the guest is there, whole, where the item says so. */
function checkRestore(world: Stage, item: ItemRow): void {
  const vmid = Number(item.result?.["vmid"] ?? item.vm.vmid);
  if (item.state !== "succeeded" || world.lost.has(vmid)) return;
  const guest = world.simulator.state.guests[vmid];
  deepEqual([told(item), guest !== undefined, guest?.lock], [told(item), true, undefined], "I3: restore");
}

/** Holds backups and restores to I3, and no two restores to one new guest. */
export function checkRestores(world: Stage, items: readonly ItemRow[]): void {
  for (const item of items) {
    if (item.action === "backup.create") checkBackup(world, item);
    if (item.action === "backup.restore") checkRestore(world, item);
  }
  const made = items.filter(
    ({ action, state, detail }) =>
      action === "backup.restore" && state === "succeeded" && detail["replaces"] === false,
  );
  const vmids = made.map(({ result }) => Number(result?.["vmid"])).filter((vmid) => !world.lost.has(vmid));
  deepEqual(vmids.length, new Set(vmids).size, "I2: two restores made the same guest");
}
