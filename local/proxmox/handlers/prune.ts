import { signature } from "../auth.ts";
import type { Call, Handlers } from "../call.ts";
import { keepOf, pruneMarks, type Mark } from "../prune.ts";
import { died } from "../refusal.ts";
import { volumesOn } from "../resources.ts";
import type { Storage, Volume } from "../state.ts";
import { startTask } from "../task.ts";
import { removeVolume } from "../volume.ts";

function storageOf(call: Call): Storage {
  const storage = call.world.state.storages[call.params.text("storage")];
  if (!storage) throw died(`storage '${call.params.text("storage")}' does not exist`);
  if (!storage.content.includes("backup"))
    throw died(`storage '${storage.storage}' does not support backups`);
  return storage;
}

interface Marked {
  readonly volume: Volume;
  readonly mark: Mark;
}

/** Every backup that is meant, guest by guest, with what becomes of it. */
function marked(call: Call): Marked[] {
  const { params, world, node } = call;
  const storage = storageOf(call);
  const keep = keepOf(params.optional("prune-backups") ?? storage.prune ?? "keep-all=1");
  const backups = volumesOn(world, storage, node)
    .filter(({ content }) => content === "backup")
    .filter(({ vmid }) => !params.has("vmid") || String(vmid) === params.text("vmid"))
    .filter(({ subtype }) => !params.has("type") || subtype === params.text("type"));
  const groups = Object.groupBy(backups, ({ subtype, vmid }) => `${subtype}/${vmid}`);
  return Object.values(groups).flatMap((group = []) => {
    const marks = pruneMarks(group, keep);
    return group.map((volume) => ({ volume, mark: marks.get(volume.volid) ?? "keep" }));
  });
}

const preview = (call: Call) =>
  marked(call).map(({ volume: { volid, ctime, subtype, vmid }, mark }) => ({
    volid,
    ctime,
    type: subtype ?? "unknown",
    ...(vmid !== undefined && { vmid }),
    mark,
  }));

function prune(call: Call): string {
  const { world, node, params, who } = call;
  const storage = storageOf(call);
  const id = params.has("vmid") ? `${params.text("vmid")}@${storage.storage}` : storage.storage;
  return startTask(world, { node, type: "prunebackups", id, user: signature(who) }, async (task) => {
    await task.work("imgdel");
    for (const { volume, mark } of marked(call)) {
      task.log(`${mark} ${volume.volid}`);
      if (mark === "remove") removeVolume(world, volume.volid, node);
    }
  });
}

const PATH = "/nodes/{node}/storage/{storage}/prunebackups";

/** Thinning out backups, for real and on trial. */
export const pruneHandlers: Handlers = { [`GET ${PATH}`]: preview, [`DELETE ${PATH}`]: prune };
