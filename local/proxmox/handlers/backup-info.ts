import type { Call, Handlers } from "../call.ts";
import { requirePrivilege } from "../permission.ts";
import { died } from "../refusal.ts";
import { checkVolumeName, findVolume } from "../volume.ts";

/** The configuration that a backup holds, as its file has it. */
function extractConfig(call: Call): string {
  const volid = call.params.text("volume");
  const [storage = "", name] = volid.split(":");
  if (name === undefined) throw died("Only root can pass arbitrary filesystem paths.");
  const place = call.world.state.storages[storage];
  if (!place) throw died(`storage '${storage}' does not exist`);
  if (place.path !== undefined) checkVolumeName(name);
  const backup = findVolume(call.world, volid, call.node);
  if (!backup) throw died(`volume '${volid}' does not exist`);
  requirePrivilege(call, `/storage/${storage}`, ["Datastore.AllocateSpace"]);
  requirePrivilege(call, `/vms/${backup.vmid}`, ["VM.Backup"]);
  const lines = Object.entries(backup.config ?? {}).map(([key, value]) => `${key}: ${value}\n`);
  return lines.toSorted().join("");
}

const NOT_DEFAULTS = new Set([
  "node",
  "vmid",
  "stdout",
  "storage",
  "prune-backups",
  "performance",
  "fleecing",
]);

/** On the wire there are no booleans. */
const plain = (value: unknown) => (typeof value === "boolean" ? Number(value) : value);

/** What a backup is made with when nothing is said: the defaults of the schema and of the storage. */
function defaults(call: Call): Record<string, unknown> {
  const { world } = call;
  const name = call.params.optional("storage") ?? "local";
  requirePrivilege(call, `/storage/${name}`, ["Datastore.Audit", "Datastore.AllocateSpace"]);
  const storage = world.state.storages[name];
  if (!storage) throw died(`storage '${name}' does not exist`);
  if (!storage.content.includes("backup"))
    throw died(`can't use storage '${name}' for backups - wrong content type`);
  const endpoint = world.facts.endpoints.find(({ path }) => path === "/nodes/{node}/vzdump");
  const known = Object.entries(endpoint?.params ?? {})
    .filter(([key, property]) => property.default !== undefined && !NOT_DEFAULTS.has(key))
    .map(([key, property]) => [key, plain(property.default)]);
  return { ...Object.fromEntries(known), storage: name, "prune-backups": storage.prune ?? "keep-all=1" };
}

export const backupInfoHandlers: Handlers = {
  "GET /nodes/{node}/vzdump/extractconfig": extractConfig,
  "GET /nodes/{node}/vzdump/defaults": defaults,
};
