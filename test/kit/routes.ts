import * as AuditList from "../../functions/api/audit/list.ts";
import * as BulkDelete from "../../functions/api/bulk/delete.ts";
import * as BulkMigrate from "../../functions/api/bulk/migrate.ts";
import * as BulkPower from "../../functions/api/bulk/power.ts";
import * as BulkSnapshots from "../../functions/api/bulk/snapshots.ts";
import * as BulkTags from "../../functions/api/bulk/tags.ts";
import * as ClustersGet from "../../functions/api/clusters/get.ts";
import * as ClustersList from "../../functions/api/clusters/list.ts";
import * as Docs from "../../functions/api/docs.ts";
import * as Health from "../../functions/api/health.ts";
import * as JobsCreate from "../../functions/api/jobs/create.ts";
import * as JobsDelete from "../../functions/api/jobs/delete.ts";
import * as JobsGet from "../../functions/api/jobs/get.ts";
import * as JobsList from "../../functions/api/jobs/list.ts";
import * as JobsRun from "../../functions/api/jobs/run.ts";
import * as JobsRuns from "../../functions/api/jobs/runs.ts";
import * as Me from "../../functions/api/me.ts";
import * as Openapi from "../../functions/api/openapi.ts";
import * as OperationsCancel from "../../functions/api/operations/cancel.ts";
import * as OperationsEvents from "../../functions/api/operations/events.ts";
import * as OperationsGet from "../../functions/api/operations/get.ts";
import * as OperationsItems from "../../functions/api/operations/items.ts";
import * as OperationsList from "../../functions/api/operations/list.ts";
import * as OperationsRetry from "../../functions/api/operations/retry.ts";
import * as Ready from "../../functions/api/ready.ts";
import * as SafeModeGet from "../../functions/api/safe-mode/get.ts";
import * as SafeModePut from "../../functions/api/safe-mode/put.ts";
import * as StoragesGet from "../../functions/api/storages/get.ts";
import * as StoragesList from "../../functions/api/storages/list.ts";
import * as TagsCategoriesGet from "../../functions/api/tags/categories/get.ts";
import * as TagsCategoriesPut from "../../functions/api/tags/categories/put.ts";
import * as TagsEvaluate from "../../functions/api/tags/evaluate.ts";
import * as TagsList from "../../functions/api/tags/list.ts";
import * as TagsVms from "../../functions/api/tags/vms.ts";
import * as Version from "../../functions/api/version.ts";
import * as VmsClone from "../../functions/api/vms/clone.ts";
import * as VmsCloudInitGet from "../../functions/api/vms/cloud-init/get.ts";
import * as VmsCloudInitPut from "../../functions/api/vms/cloud-init/put.ts";
import * as VmsConfigGet from "../../functions/api/vms/config/get.ts";
import * as VmsConfigPatch from "../../functions/api/vms/config/patch.ts";
import * as VmsConsole from "../../functions/api/vms/console.ts";
import * as VmsCreate from "../../functions/api/vms/create.ts";
import * as VmsDelete from "../../functions/api/vms/delete.ts";
import * as VmsFromTemplate from "../../functions/api/vms/from-template.ts";
import * as VmsGet from "../../functions/api/vms/get.ts";
import * as VmsList from "../../functions/api/vms/list.ts";
import * as VmsMigrateGet from "../../functions/api/vms/migrate/get.ts";
import * as VmsMigratePost from "../../functions/api/vms/migrate/post.ts";
import * as VmsMoveDisk from "../../functions/api/vms/move-disk.ts";
import * as VmsReboot from "../../functions/api/vms/reboot.ts";
import * as VmsReset from "../../functions/api/vms/reset.ts";
import * as VmsResizeDisk from "../../functions/api/vms/resize-disk.ts";
import * as VmsResume from "../../functions/api/vms/resume.ts";
import * as VmsShutdown from "../../functions/api/vms/shutdown.ts";
import * as VmsSnapshotsCreate from "../../functions/api/vms/snapshots/create.ts";
import * as VmsSnapshotsDelete from "../../functions/api/vms/snapshots/delete.ts";
import * as VmsSnapshotsDeleteMatching from "../../functions/api/vms/snapshots/delete-matching.ts";
import * as VmsSnapshotsGet from "../../functions/api/vms/snapshots/get.ts";
import * as VmsSnapshotsRollback from "../../functions/api/vms/snapshots/rollback.ts";
import * as VmsSnapshotsUpdate from "../../functions/api/vms/snapshots/update.ts";
import * as BulkSnapshotsDelete from "../../functions/api/bulk/snapshots/delete.ts";
import * as BulkSnapshotsRollback from "../../functions/api/bulk/snapshots/rollback.ts";
import * as VmsSnapshotsList from "../../functions/api/vms/snapshots/list.ts";
import * as VmsStart from "../../functions/api/vms/start.ts";
import * as VmsStatistics from "../../functions/api/vms/statistics.ts";
import * as VmsStatus from "../../functions/api/vms/status.ts";
import * as VmsStop from "../../functions/api/vms/stop.ts";
import * as VmsSuspend from "../../functions/api/vms/suspend.ts";
import * as VmsTagsAdd from "../../functions/api/vms/tags/add.ts";
import * as VmsTagsGet from "../../functions/api/vms/tags/get.ts";
import * as VmsTagsRemove from "../../functions/api/vms/tags/remove.ts";
import * as VmsTagsReplace from "../../functions/api/vms/tags/replace.ts";
import * as VmsTemplate from "../../functions/api/vms/template.ts";
import * as VmsBackupsList from "../../functions/api/vms/backups/list.ts";
import * as VmsBackupsCreate from "../../functions/api/vms/backups/create.ts";
import * as BackupsList from "../../functions/api/backups/list.ts";
import * as BackupsGet from "../../functions/api/backups/get.ts";
import * as BackupsUpdate from "../../functions/api/backups/update.ts";
import * as BackupsDelete from "../../functions/api/backups/delete.ts";
import * as BackupsRestore from "../../functions/api/backups/restore.ts";
import * as BackupsPrune from "../../functions/api/backups/prune.ts";
import * as BackupsCoverage from "../../functions/api/backups/coverage.ts";
import * as BulkBackups from "../../functions/api/bulk/backups.ts";
import type { Spec } from "../../functions/http/route.ts";

/** A route as its file exports it. */
export interface Route {
  readonly spec: Spec;
}

/** Every route by its file, held equal to the document by a test. */
export const ROUTES: Readonly<Record<string, Route>> = {
  "functions/api/vms/backups/list": VmsBackupsList,
  "functions/api/vms/backups/create": VmsBackupsCreate,
  "functions/api/backups/list": BackupsList,
  "functions/api/backups/get": BackupsGet,
  "functions/api/backups/update": BackupsUpdate,
  "functions/api/backups/delete": BackupsDelete,
  "functions/api/backups/restore": BackupsRestore,
  "functions/api/backups/prune": BackupsPrune,
  "functions/api/backups/coverage": BackupsCoverage,
  "functions/api/bulk/backups": BulkBackups,
  "functions/api/audit/list": AuditList,
  "functions/api/bulk/delete": BulkDelete,
  "functions/api/bulk/migrate": BulkMigrate,
  "functions/api/bulk/power": BulkPower,
  "functions/api/bulk/snapshots": BulkSnapshots,
  "functions/api/bulk/tags": BulkTags,
  "functions/api/clusters/get": ClustersGet,
  "functions/api/clusters/list": ClustersList,
  "functions/api/docs": Docs,
  "functions/api/health": Health,
  "functions/api/jobs/create": JobsCreate,
  "functions/api/jobs/delete": JobsDelete,
  "functions/api/jobs/get": JobsGet,
  "functions/api/jobs/list": JobsList,
  "functions/api/jobs/run": JobsRun,
  "functions/api/jobs/runs": JobsRuns,
  "functions/api/me": Me,
  "functions/api/openapi": Openapi,
  "functions/api/operations/cancel": OperationsCancel,
  "functions/api/operations/events": OperationsEvents,
  "functions/api/operations/get": OperationsGet,
  "functions/api/operations/items": OperationsItems,
  "functions/api/operations/list": OperationsList,
  "functions/api/operations/retry": OperationsRetry,
  "functions/api/ready": Ready,
  "functions/api/safe-mode/get": SafeModeGet,
  "functions/api/safe-mode/put": SafeModePut,
  "functions/api/storages/get": StoragesGet,
  "functions/api/storages/list": StoragesList,
  "functions/api/tags/categories/get": TagsCategoriesGet,
  "functions/api/tags/categories/put": TagsCategoriesPut,
  "functions/api/tags/evaluate": TagsEvaluate,
  "functions/api/tags/list": TagsList,
  "functions/api/tags/vms": TagsVms,
  "functions/api/version": Version,
  "functions/api/vms/clone": VmsClone,
  "functions/api/vms/cloud-init/get": VmsCloudInitGet,
  "functions/api/vms/cloud-init/put": VmsCloudInitPut,
  "functions/api/vms/config/get": VmsConfigGet,
  "functions/api/vms/config/patch": VmsConfigPatch,
  "functions/api/vms/console": VmsConsole,
  "functions/api/vms/create": VmsCreate,
  "functions/api/vms/delete": VmsDelete,
  "functions/api/vms/from-template": VmsFromTemplate,
  "functions/api/vms/get": VmsGet,
  "functions/api/vms/list": VmsList,
  "functions/api/vms/migrate/get": VmsMigrateGet,
  "functions/api/vms/migrate/post": VmsMigratePost,
  "functions/api/vms/move-disk": VmsMoveDisk,
  "functions/api/vms/reboot": VmsReboot,
  "functions/api/vms/reset": VmsReset,
  "functions/api/vms/resize-disk": VmsResizeDisk,
  "functions/api/vms/resume": VmsResume,
  "functions/api/vms/shutdown": VmsShutdown,
  "functions/api/bulk/snapshots/delete": BulkSnapshotsDelete,
  "functions/api/bulk/snapshots/rollback": BulkSnapshotsRollback,
  "functions/api/vms/snapshots/create": VmsSnapshotsCreate,
  "functions/api/vms/snapshots/delete": VmsSnapshotsDelete,
  "functions/api/vms/snapshots/delete-matching": VmsSnapshotsDeleteMatching,
  "functions/api/vms/snapshots/get": VmsSnapshotsGet,
  "functions/api/vms/snapshots/list": VmsSnapshotsList,
  "functions/api/vms/snapshots/rollback": VmsSnapshotsRollback,
  "functions/api/vms/snapshots/update": VmsSnapshotsUpdate,
  "functions/api/vms/start": VmsStart,
  "functions/api/vms/statistics": VmsStatistics,
  "functions/api/vms/status": VmsStatus,
  "functions/api/vms/stop": VmsStop,
  "functions/api/vms/suspend": VmsSuspend,
  "functions/api/vms/tags/add": VmsTagsAdd,
  "functions/api/vms/tags/get": VmsTagsGet,
  "functions/api/vms/tags/remove": VmsTagsRemove,
  "functions/api/vms/tags/replace": VmsTagsReplace,
  "functions/api/vms/template": VmsTemplate,
};
