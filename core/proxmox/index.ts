export { backupsHidden, seesStorages, seesTasks, sight } from "./access.ts";
export { type Interface, interfaces, tellsInterfaces } from "./agent.ts";
export { backUp, configIn } from "./backup.ts";
export { showsNoQuorum, type Breaker, type Errand, type Open, type Trouble } from "./breaker.ts";
export { classifyTask } from "./classify.ts";
export { proxmoxClient, type Proxmox } from "./client.ts";
export { cloneGuest, isFreeVmid, nextVmid } from "./clone.ts";
export { regenerate, setOptions } from "./cloud-init.ts";
export {
  clusterStatus,
  resources,
  version,
  type ResourceGuest,
  type ResourceNode,
  type ResourceStorage,
} from "./cluster.ts";
export { spiceProxy, termProxy, vncProxy, type Opened, type Viewer } from "./console.ts";
export { changeConfig, pending, type PendingRow, presentTextsOf, textsOf } from "./config.ts";
export { createGuest, notOffered, type Options } from "./create.ts";
export { backupsOn, deleteVolume, notesOf, updateBackup, type BackupEntry } from "./content.ts";
export { parseCredential, type Credential } from "./credential.ts";
export { destroyGuest, makeTemplate } from "./destroy.ts";
export { moveDisk, resizeDisk } from "./disk.ts";
export { asFault, ProxmoxError, toFault } from "./error.ts";
export { config, current, type Current, type GuestPath } from "./guest.ts";
export { inMaintenance, placements } from "./ha.ts";
export { migrateGuest, precondition, type Precondition } from "./migrate.ts";
export { lookFor, tasksOf } from "./observe.ts";
export { bridgesOn, isPool, mappingsOf, volumesOn, type MappingKind } from "./presence.ts";
export { power, POWER_ACTIONS, type PowerAction } from "./power.ts";
export { statistics, TIMEFRAMES } from "./rrd.ts";
export {
  canSnapshot,
  hasFeature,
  deleteSnapshot,
  describeSnapshot,
  rollBack,
  snapshots,
  tagsInSnapshot,
  takeSnapshot,
  type SnapshotEntry,
} from "./snapshot.ts";
export { upload } from "./storage.ts";
export { areTagsCaseSensitive, isStale, tagsOf, writeTags } from "./tag.ts";
export {
  clusterTasks,
  outcome,
  runningTasks,
  stopTask,
  tasks,
  taskStatus,
  type ClusterEntry,
  type TaskEntry,
} from "./task.ts";
export { restoreGuest } from "./restore.ts";
export { taskLog } from "./task-log.ts";
export { NoAnswer, type Target, type Transport, type WireReply, type WireRequest } from "./transport.ts";
export { parseUpid, type Upid } from "./upid.ts";
export { CONTAINER_OPTIONS, OPTIONS, type Known as KnownOption } from "./types/options.ts";
export { bytesOf, isOn, numberOf, partsOf, toTexts, type Texts } from "./text.ts";
export { forbiddenCode } from "./privilege.ts";
