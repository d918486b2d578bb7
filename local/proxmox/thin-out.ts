import type { Call } from "./call.ts";
import { keepOf, pruneMarks } from "./prune.ts";
import { volumesOn } from "./resources.ts";
import type { Guest, Storage } from "./state.ts";
import type { TaskRun } from "./task.ts";
import { removeVolume } from "./volume.ts";

/** Removes what the retention of the call, or else of the storage, does not keep. */
export function thinOut(call: Call, guest: Guest, storage: Storage, task: TaskRun): void {
  const { world, params } = call;
  if (params.optional("remove") === "0") return;
  const files = params.has("maxfiles") ? `keep-last=${params.text("maxfiles")}` : undefined;
  const keep = params.optional("prune-backups") ?? files ?? storage.prune ?? "keep-all=1";
  const own = volumesOn(world, storage, guest.node).filter(
    ({ content, vmid }) => content === "backup" && vmid === guest.vmid,
  );
  for (const [volid, mark] of pruneMarks(own, keepOf(keep))) {
    if (mark !== "remove") continue;
    task.log(`INFO: removing backup '${volid}'`);
    removeVolume(world, volid, guest.node);
  }
}
