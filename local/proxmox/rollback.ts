import { checkLock, isTemplate, withGuestLock } from "./guest.ts";
import { powerOff, powerOn } from "./power-state.ts";
import { checkWritable } from "./quorum.ts";
import { died } from "./refusal.ts";
import { known } from "./snapshot.ts";
import { isOwnOption, partOf } from "./snapshot-config.ts";
import type { Guest, Snapshot } from "./state.ts";
import { rollsBackToNewestOnly } from "./storage-type.ts";
import type { TaskRun } from "./task.ts";
import { disksOf, keepUnused } from "./volume.ts";
import type { World } from "./world.ts";

/** The snapshot's configuration; a disk that it does not have stays as an unused one. */
function restoreConfig(guest: Guest, snapshot: Snapshot): void {
  const had = new Set(disksOf(snapshot).map(({ volid }) => volid));
  const newer = disksOf(guest).filter(({ option, volid }) => !option.startsWith("unused") && !had.has(volid));
  guest.config = { ...snapshot.config, ...partOf(guest.config, isOwnOption) };
  for (const { volid } of newer) keepUnused(guest.config, volid);
}

/** ZFS can only go back to the newest snapshot that a volume has. */
function checkPossible(world: World, guest: Guest, name: string, snapshot: Snapshot): void {
  for (const { volid } of disksOf(snapshot)) {
    const storage = world.state.storages[volid.split(":")[0] ?? ""];
    if (!storage || !rollsBackToNewestOnly(storage)) continue;
    const own = Object.entries(guest.snapshots).filter(([, { config }]) =>
      disksOf({ config }).some((disk) => disk.volid === volid),
    );
    const newest = own.toSorted(([, a], [, b]) => a.snaptime - b.snaptime).at(-1);
    if (newest?.[0] !== name)
      throw died(`can't rollback, '${name}' is not most recent snapshot on '${volid}'`);
  }
}

/** Puts the guest back to a snapshot. It is stopped by that; only a snapshot with RAM leaves it running. */
export async function rollBack(
  world: World,
  guest: Guest,
  request: { name: string; start: boolean },
  task: TaskRun,
) {
  const { name } = request;
  if (isTemplate(guest)) throw died("you can't rollback if vm is a template");
  const snapshot = known(guest, name);
  checkPossible(world, guest, name, snapshot);
  checkLock(guest);
  if (snapshot.snapstate)
    throw died(`unable to rollback to incomplete snapshot (snapstate = ${snapshot.snapstate})`);
  checkWritable(world, guest);
  await withGuestLock(world, guest, "rollback", async () => {
    if (guest.status === "running") powerOff(world, guest);
    await task.work("rollback");
    restoreConfig(guest, snapshot);
    guest.parent = name;
    delete guest.pending;
    delete guest.dropped;
  });
  if (snapshot.vmstate || request.start) powerOn(world, guest);
}
