import { signature } from "../auth.ts";
import type { Call, Handlers } from "../call.ts";
import { died, invalid } from "../refusal.ts";
import { volumesOn } from "../resources.ts";
import type { Storage, Volume } from "../state.ts";
import { withStorageLocks } from "../storage-lock.ts";
import { startTask } from "../task.ts";
import { checkVolumeName, removeVolume } from "../volume.ts";

function known(call: Call): Storage {
  const storage = call.world.state.storages[call.params.text("storage")];
  if (!storage) throw invalid({ storage: "No such storage." });
  return storage;
}

/** The image a linked clone stands on, as its own file names it. */
const baseOf = ({ volid }: Volume) => {
  const base = /:(\d+\/base-[^/]+)\//.exec(volid)?.[1];
  return base ? `../${base}` : null;
};

/** A Proxmox Backup Server lists the first line of the notes only. */
const notesShown = ({ format }: Volume, notes: string) =>
  format.startsWith("pbs-") ? (notes.split("\n")[0] ?? "") : notes;

const volumeRow = (volume: Volume) => ({
  volid: volume.volid,
  content: volume.content,
  format: volume.format,
  size: volume.size,
  ctime: volume.ctime,
  ...(volume.vmid !== undefined && { vmid: volume.vmid }),
  ...(volume.content === "backup"
    ? {
        subtype: volume.subtype,
        ...(volume.notes && { notes: notesShown(volume, volume.notes) }),
        ...(volume.protected && { protected: 1 }),
        ...(volume.verification && { verification: volume.verification }),
        ...(volume.encrypted && { encrypted: volume.encrypted }),
      }
    : volume.vmid !== undefined && { parent: baseOf(volume), used: volume.used }),
});

/** Who may not give a storage its volumes sees those of guests alone that it may back up, or change the disks of. */
function isShown(call: Call, { content, storage, vmid }: Volume): boolean {
  const on = (privilege: string) => call.may(`/storage/${storage}`, privilege);
  const of = (privilege: string) => vmid !== undefined && call.may(`/vms/${vmid}`, privilege);
  if (on("Datastore.Allocate")) return true;
  if (content === "backup") return on("Datastore.AllocateSpace") && of("VM.Backup");
  if (content === "images" || content === "rootdir") return on("Datastore.Audit") && of("VM.Config.Disk");
  return on("Datastore.AllocateSpace") || on("Datastore.Audit");
}

function content(call: Call) {
  const { params, node, world } = call;
  if (!world.state.storages[params.text("storage")])
    throw died(`storage '${params.text("storage")}' does not exist`);
  const { disabled, storage } = known(call);
  if (disabled) throw died(`storage '${storage}' is disabled`);
  return volumesOn(world, known(call), node)
    .filter((volume) => !params.has("content") || volume.content === params.text("content"))
    .filter((volume) => !params.has("vmid") || String(volume.vmid) === params.text("vmid"))
    .filter((volume) => isShown(call, volume))
    .map(volumeRow);
}

function volumeId(call: Call): string {
  const volume = call.params.text("volume");
  return volume.includes(":") ? volume : `${call.params.text("storage")}:${volume}`;
}

function volume(call: Call) {
  const volid = volumeId(call);
  const found = volumesOn(call.world, known(call), call.node).find((one) => one.volid === volid);
  if (!found) throw died(`volume_size_info on '${volid}' failed - no format`);
  const { size, used, format } = found;
  const path = `${call.world.state.storages[found.storage]?.path ?? "/dev"}/${volid.split(":")[1] ?? ""}`;
  if (found.content !== "backup") return { path, size, used, format };
  return { path, size, used, format: "raw", protected: found.protected ? 1 : 0, notes: found.notes ?? "" };
}

/** Notes and protection of a backup. */
function update(call: Call): null {
  const volid = volumeId(call);
  const found = volumesOn(call.world, known(call), call.node).find((one) => one.volid === volid);
  if (!found) throw died(`volume '${volid}' does not exist`);
  if (call.params.has("notes")) found.notes = call.params.text("notes");
  if (call.params.has("protected")) found.protected = call.params.flag("protected");
  call.world.touch();
  return null;
}

/** Removing what is not there is a success, and nothing protects a disk that a guest uses. */
function remove(call: Call): string {
  const { world, node } = call;
  const volid = volumeId(call);
  const storage = known(call);
  if (storage.path !== undefined) checkVolumeName(volid.slice(volid.indexOf(":") + 1));
  const found = volumesOn(world, storage, node).find((one) => one.volid === volid);
  const vmid = found?.vmid ?? /(?:vm|base|vzdump-\w+)-(\d+)-/.exec(volid)?.[1];
  const id = vmid === undefined ? storage.storage : `${vmid}@${storage.storage}`;
  return startTask(world, { node, type: "imgdel", id, user: signature(call.who) }, async (task) => {
    if (found?.protected)
      throw died(`cannot remove protected volume '${volid.split(":")[1]}' on '${storage.storage}'`);
    await withStorageLocks(world, { node, storages: [storage] }, () => task.work("imgdel"));
    removeVolume(world, volid, node);
    task.log(`Removed volume '${volid}'`);
  });
}

/** What lies on storages. */
export const volumeHandlers: Handlers = {
  "GET /nodes/{node}/storage/{storage}/content": content,
  "GET /nodes/{node}/storage/{storage}/content/{volume}": volume,
  "PUT /nodes/{node}/storage/{storage}/content/{volume}": update,
  "DELETE /nodes/{node}/storage/{storage}/content/{volume}": remove,
};
