import { checkLock, isTemplate, withConfigLock, withGuestLock } from "./guest.ts";
import { checkWritable } from "./quorum.ts";
import { died } from "./refusal.ts";
import type { Guest, Snapshot } from "./state.ts";
import type { TaskRun } from "./task.ts";
import { canSnapshot, disksOf } from "./volume.ts";
import { isOwnOption, partOf } from "./snapshot-config.ts";
import { seconds, type World } from "./world.ts";

export interface SnapshotRequest {
  readonly name: string;
  readonly description: string;
  readonly vmstate: boolean;
}

/** The snapshot, or the text that its task dies with. */
export function known(guest: Guest, name: string): Snapshot {
  const snapshot = guest.snapshots[name];
  if (!snapshot) throw died(`snapshot '${name}' does not exist`);
  return snapshot;
}

function prepare(world: World, guest: Guest, request: SnapshotRequest): Snapshot {
  if (isTemplate(guest)) throw died("you can't take a snapshot if it's a template");
  checkLock(guest);
  if (guest.snapshots[request.name]) throw died(`snapshot name '${request.name}' already used`);
  if (!canSnapshot(world, guest)) throw died("snapshot feature is not available");
  checkWritable(world, guest);
  const snapshot: Snapshot = {
    config: partOf(guest.config, (option) => !isOwnOption(option)),
    snaptime: seconds(world),
    snapstate: "prepare",
    description: request.description,
    ...(guest.parent && { parent: guest.parent }),
    ...(request.vmstate && guest.status === "running" && { vmstate: true }),
  };
  guest.snapshots[request.name] = snapshot;
  return snapshot;
}

/** Proxmox waits so long for an agent that does not freeze its file systems, then goes on without it. */
const FREEZE_MS = 3_600_000;
const FREEZE_STEP_MS = 5000;

async function freeze(guest: Guest, task: TaskRun): Promise<void> {
  const command = "guest-fsfreeze-freeze";
  for (let waited = 0; guest.stuck && guest.status === "running"; waited += FREEZE_STEP_MS) {
    if (waited >= FREEZE_MS)
      return task.log(`${command} problems - VM ${guest.vmid} qmp command '${command}' failed - got timeout`);
    await task.wait(FREEZE_STEP_MS);
  }
}

/** Takes a snapshot. The lock check comes before the name check, and both happen in here, in the task. */
export async function take(
  world: World,
  guest: Guest,
  request: SnapshotRequest,
  task: TaskRun,
): Promise<void> {
  const snapshot = await withConfigLock(world, guest, () => {
    const prepared = prepare(world, guest, request);
    guest.lock = "snapshot";
    return prepared;
  });
  for (const { option, volid } of disksOf(guest)) task.log(`snapshotting 'drive-${option}' (${volid})`);
  if (guest.stuck) await freeze(guest, task);
  try {
    await task.work("snapshot");
    delete snapshot.snapstate;
    guest.parent = request.name;
  } catch (error) {
    delete guest.snapshots[request.name];
    throw error;
  } finally {
    delete guest.lock;
    world.touch();
  }
}

/** Whoever descended from the snapshot now descends from its parent. */
function unlink(guest: Guest, name: string, parent: string | undefined): void {
  for (const child of Object.values(guest.snapshots)) if (child.parent === name) setParent(child, parent);
  if (guest.parent === name) setParent(guest, parent);
  delete guest.snapshots[name];
}

function setParent(child: { parent?: string | undefined }, parent: string | undefined): void {
  if (parent === undefined) delete child.parent;
  else child.parent = parent;
}

/** Deletes a snapshot; its children move up to its parent. */
export async function remove(world: World, guest: Guest, name: string, task: TaskRun): Promise<void> {
  checkLock(guest);
  const snapshot = known(guest, name);
  checkWritable(world, guest);
  await withGuestLock(world, guest, "snapshot-delete", async () => {
    snapshot.snapstate = "delete";
    await task.work("delsnapshot");
    unlink(guest, name, snapshot.parent);
  });
}
