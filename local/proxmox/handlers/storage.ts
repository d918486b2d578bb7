import { signature } from "../auth.ts";
import type { Call, Handlers } from "../call.ts";
import { died, invalid } from "../refusal.ts";
import { usedOn, volumesOn } from "../resources.ts";
import type { Storage, Volume } from "../state.ts";
import { startTask } from "../task.ts";
import { removeVolume } from "../volume.ts";

function known(call: Call): Storage {
  const storage = call.world.state.storages[call.params.text("storage")];
  if (!storage) throw invalid({ storage: "No such storage." });
  return storage;
}

const visible = (call: Call) =>
  Object.values(call.world.state.storages).filter(({ storage }) =>
    call.may(`/storage/${storage}`, "Datastore.Audit", "Datastore.AllocateSpace"),
  );

const definition = (storage: Storage) => ({
  storage: storage.storage,
  type: storage.type,
  content: storage.content.join(","),
  shared: storage.shared ? 1 : 0,
  digest: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  ...(storage.path && { path: storage.path }),
});

function figures(call: Call, storage: Storage) {
  const used = Math.floor(usedOn(call.world, storage, call.node));
  return {
    type: storage.type,
    content: storage.content.join(","),
    active: 1,
    enabled: 1,
    shared: storage.shared ? 1 : 0,
    total: storage.total,
    used,
    avail: storage.total - used,
  };
}

function nodeStorages(call: Call) {
  const { params } = call;
  const contents = params.list("content");
  return visible(call)
    .filter(({ storage }) => !params.has("storage") || storage === params.text("storage"))
    .filter(({ content }) => contents.length === 0 || contents.some((wanted) => content.includes(wanted)))
    .map((storage) => {
      const row = figures(call, storage);
      return { storage: storage.storage, ...row, used_fraction: row.used / row.total };
    });
}

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
        ...(volume.notes && { notes: volume.notes }),
        ...(volume.protected && { protected: 1 }),
      }
    : { parent: null, used: volume.used }),
});

function content(call: Call) {
  const { params, node, world } = call;
  return volumesOn(world, known(call), node)
    .filter((volume) => !params.has("content") || volume.content === params.text("content"))
    .filter((volume) => !params.has("vmid") || String(volume.vmid) === params.text("vmid"))
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
  const found = volumesOn(world, storage, node).find((one) => one.volid === volid);
  const id = found?.vmid === undefined ? storage.storage : `${found.vmid}@${storage.storage}`;
  return startTask(world, { node, type: "imgdel", id, user: signature(call.who) }, async (task) => {
    if (found?.protected)
      throw died(`cannot remove protected volume '${volid.split(":")[1]}' on '${storage.storage}'`);
    await task.work("imgdel");
    removeVolume(world, volid);
    task.log(`Removed volume '${volid}'`);
  });
}

function configured(call: Call) {
  const storage = call.world.state.storages[call.params.text("storage")];
  if (!storage) throw died(`storage '${call.params.text("storage")}' does not exist`);
  return definition(storage);
}

const wantedType = (call: Call) => (storage: Storage) =>
  !call.params.has("type") || storage.type === call.params.text("type");

export const storageHandlers: Handlers = {
  "GET /storage": (call) => visible(call).filter(wantedType(call)).map(definition),
  "GET /storage/{storage}": configured,
  "GET /nodes/{node}/storage": nodeStorages,
  "GET /nodes/{node}/storage/{storage}/status": (call) => figures(call, known(call)),
  "GET /nodes/{node}/storage/{storage}/content": content,
  "GET /nodes/{node}/storage/{storage}/content/{volume}": volume,
  "PUT /nodes/{node}/storage/{storage}/content/{volume}": update,
  "DELETE /nodes/{node}/storage/{storage}/content/{volume}": remove,
};
