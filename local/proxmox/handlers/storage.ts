import type { Call, Handlers } from "../call.ts";
import { died, invalid } from "../refusal.ts";
import { STORAGE_DIGEST } from "./storage-config.ts";
import { usedOn } from "../resources.ts";
import type { Storage } from "../state.ts";

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
  ...(storage.shared && { shared: 1 }),
  digest: STORAGE_DIGEST,
  ...(storage.disabled && { disable: 1 }),
  ...(storage.nodes && { nodes: storage.nodes.join(",") }),
  ...(storage.prune !== undefined && { "prune-backups": storage.prune }),
  ...storage.options,
  ...(storage.path && { path: storage.path }),
});

/** Whether a node works with a storage. */
const isThere = ({ disabled, nodes }: Storage, node: string) => !disabled && (!nodes || nodes.includes(node));

function figures(call: Call, storage: Storage) {
  const there = isThere(storage, call.node);
  const total = there ? storage.total : 0;
  const used = there ? Math.floor(usedOn(call.world, storage, call.node)) : 0;
  return {
    type: storage.type,
    content: storage.content.join(","),
    active: there ? 1 : 0,
    enabled: there ? 1 : 0,
    shared: storage.shared ? 1 : 0,
    total,
    used,
    avail: total - used,
  };
}

function nodeStorages(call: Call) {
  const { params } = call;
  if (params.has("storage")) known(call);
  const contents = params.list("content");
  return visible(call)
    .filter(({ storage }) => !params.has("storage") || storage === params.text("storage"))
    .filter((storage) => !params.flag("enabled") || isThere(storage, call.node))
    .filter(({ content }) => contents.length === 0 || contents.some((wanted) => content.includes(wanted)))
    .map((storage) => {
      const row = figures(call, storage);
      const share = row.total > 0 ? { used_fraction: row.used / row.total } : {};
      return { storage: storage.storage, ...row, ...share };
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
};
