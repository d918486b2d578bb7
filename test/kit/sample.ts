import * as Bulk from "../../functions/api/bulk/snapshots.ts";
import * as CreateJob from "../../functions/api/jobs/create.ts";
import type { Request } from "./caller.ts";
import type { Lab } from "./lab.ts";
import { ROUTES, type Route } from "./routes.ts";
import { Job, Operation } from "./shape.ts";

const snapshots = { select: { vmids: [102] }, name: "{vm}-{time}" };
const job = { name: "nightly", kind: "snapshot", schedule: "30 2 * * *", select: { vmids: [102] } };

const BODIES: Readonly<Record<string, unknown>> = {
  "functions/api/bulk/snapshots": snapshots,
  "functions/api/jobs/create": job,
  "functions/api/safe-mode/put": { mode: "permissive" },
};

/** A request that succeeds, for each route by its file; made anew for each lab, since some name a job and an operation. */
export async function samples(stage: Lab): Promise<readonly Sample[]> {
  const operation = Operation.parse((await stage.call(Bulk, { body: snapshots })).json).id;
  await stage.settle(operation);
  const made = Job.parse((await stage.call(CreateJob, { body: job })).json).id;
  await stage.clock.advance(1000);
  stage.simulator.resetCounters();
  return Object.entries(ROUTES).map(([file, route]) => {
    const vmid = file.endsWith("/start") ? 110 : 102;
    const path = { cluster: "main", vmid, job: made, operation };
    return { file, route, request: { path, ...(file in BODIES ? { body: BODIES[file] } : {}) } };
  });
}

/** One route with a request that it takes. */
export interface Sample {
  readonly file: string;
  readonly route: Route;
  readonly request: Request;
}
