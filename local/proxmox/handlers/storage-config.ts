import type { Call, Handlers } from "../call.ts";
import { died } from "../refusal.ts";
import type { Config, Storage } from "../state.ts";

const OWN = new Set(["content", "disable", "nodes", "path", "prune-backups", "shared"]);
const NOT_OPTIONS = ["storage", "type", "digest", "delete"];
const COMMON = (
  "content disable nodes shared prune-backups maxfiles max-protected-backups preallocation content-dirs " +
  "create-base-path create-subdirs mkdir is_mountpoint bwlimit format snapshot-as-volume-chain"
).split(" ");

/** What each type cannot do without; these stay as they are once they are set. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  dir: ["path"],
  btrfs: ["path"],
  nfs: ["server", "export"],
  cifs: ["server", "share"],
  lvm: ["vgname"],
  lvmthin: ["vgname", "thinpool"],
  zfspool: ["pool"],
  iscsi: ["portal", "target"],
  pbs: ["server", "datastore", "username"],
  glusterfs: ["volume"],
};
const SHARED = new Set(["nfs", "cifs", "rbd", "cephfs", "iscsi", "pbs", "glusterfs", "zfs"]);
const TOTAL = 500 * 1024 ** 3;

/** A directory knows only what directories need. */
function checkOptions(type: string, config: Config): void {
  const required = REQUIRED[type] ?? [];
  const strange = Object.keys(config).find((name) => !COMMON.includes(name) && !required.includes(name));
  if (type === "dir" && strange) throw died(`unexpected property '${strange}'`);
  const missing = required.find((name) => config[name] === undefined);
  if (missing) throw died(`missing value for required option '${missing}'`);
}

const listOf = (text: string) => text.split(/[,;\s]+/).filter(Boolean);

/** Brings the options that mean something here into the storage; the others are kept as they came. */
function bring(storage: Storage, config: Config): void {
  if (config.content !== undefined) storage.content = listOf(config.content);
  if (config.nodes !== undefined) storage.nodes = listOf(config.nodes);
  if (config.disable !== undefined) storage.disabled = config.disable === "1";
  if (config.shared !== undefined) storage.shared = config.shared === "1";
  if (config["prune-backups"] !== undefined) storage.prune = config["prune-backups"];
  const rest = Object.entries(config).filter(([name]) => !OWN.has(name));
  storage.options = { ...storage.options, ...Object.fromEntries(rest) };
}

function create(call: Call) {
  const { params, world } = call;
  const name = params.text("storage");
  const type = params.text("type");
  const config = params.without(NOT_OPTIONS);
  checkOptions(type, config);
  if (world.state.storages[name]) throw died(`create storage failed: storage ID '${name}' already defined`);
  const path = config.path ?? (["nfs", "cifs", "cephfs"].includes(type) ? `/mnt/pve/${name}` : undefined);
  const storage: Storage = {
    storage: name,
    type,
    content: ["images", "rootdir"],
    shared: SHARED.has(type),
    total: TOTAL,
    ...(path !== undefined && { path }),
  };
  bring(storage, config);
  world.state.storages[name] = storage;
  world.touch();
  return { storage: name, type };
}

function known(call: Call, verb: string): Storage {
  const name = call.params.text("storage");
  const storage = call.world.state.storages[name];
  if (!storage) throw died(`${verb} storage failed: storage '${name}' does not exist`);
  return storage;
}

function drop(storage: Storage, option: string): void {
  if ((REQUIRED[storage.type] ?? []).includes(option))
    throw died(`update storage failed: unable to delete required option '${option}'`);
  if (option === "prune-backups") delete storage.prune;
  else if (option === "nodes") delete storage.nodes;
  else if (option === "disable") delete storage.disabled;
  else if (option === "shared") storage.shared = false;
  else delete storage.options?.[option];
}

/** The digest that every storage shows, since they all lie in one file. */
export const STORAGE_DIGEST = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

function update(call: Call) {
  const { params, world } = call;
  const digest = params.optional("digest");
  if (digest !== undefined && digest !== STORAGE_DIGEST)
    throw died(
      "update storage failed: detected modified configuration - file changed by other user? Try again.",
    );
  const storage = known(call, "update");
  for (const option of params.list("delete")) drop(storage, option);
  bring(storage, params.without(NOT_OPTIONS));
  world.touch();
  return { storage: storage.storage, type: storage.type };
}

function remove(call: Call): null {
  const { storage } = known(call, "delete");
  delete call.world.state.storages[storage];
  call.world.touch();
  return null;
}

/** The cluster's list of storages. */
export const storageConfigHandlers: Handlers = {
  "POST /storage": create,
  "PUT /storage/{storage}": update,
  "DELETE /storage/{storage}": remove,
};
