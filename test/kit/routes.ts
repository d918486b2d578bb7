import * as AuditList from "../../functions/api/audit/list.ts";
import * as BulkSnapshots from "../../functions/api/bulk/snapshots.ts";
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
import * as OperationsGet from "../../functions/api/operations/get.ts";
import * as OperationsItems from "../../functions/api/operations/items.ts";
import * as OperationsList from "../../functions/api/operations/list.ts";
import * as Ready from "../../functions/api/ready.ts";
import * as SafeModeGet from "../../functions/api/safe-mode/get.ts";
import * as SafeModePut from "../../functions/api/safe-mode/put.ts";
import * as Version from "../../functions/api/version.ts";
import * as VmsClone from "../../functions/api/vms/clone.ts";
import * as VmsGet from "../../functions/api/vms/get.ts";
import * as VmsList from "../../functions/api/vms/list.ts";
import * as VmsSnapshotsList from "../../functions/api/vms/snapshots/list.ts";
import * as VmsStart from "../../functions/api/vms/start.ts";
import * as VmsStop from "../../functions/api/vms/stop.ts";
import type { Spec } from "../../functions/http/route.ts";

/** A route as its file exports it. */
export interface Route {
  readonly spec: Spec;
}

/** Every route by its file, held equal to the document by a test. */
export const ROUTES: Readonly<Record<string, Route>> = {
  "functions/api/audit/list": AuditList,
  "functions/api/bulk/snapshots": BulkSnapshots,
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
  "functions/api/operations/get": OperationsGet,
  "functions/api/operations/items": OperationsItems,
  "functions/api/operations/list": OperationsList,
  "functions/api/ready": Ready,
  "functions/api/safe-mode/get": SafeModeGet,
  "functions/api/safe-mode/put": SafeModePut,
  "functions/api/version": Version,
  "functions/api/vms/clone": VmsClone,
  "functions/api/vms/get": VmsGet,
  "functions/api/vms/list": VmsList,
  "functions/api/vms/snapshots/list": VmsSnapshotsList,
  "functions/api/vms/start": VmsStart,
  "functions/api/vms/stop": VmsStop,
};
