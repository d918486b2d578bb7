import * as Bulk from "../../functions/api/bulk/snapshots.ts";
import * as CreateJob from "../../functions/api/jobs/create.ts";
import type { Request } from "./caller.ts";
import type { Lab } from "./lab.ts";
import { retag } from "./retag.ts";
import { ROUTES, type Route } from "./routes.ts";
import { Job, Operation } from "./shape.ts";

const snapshots = { select: { vmids: [102] }, name: "{vm}-{time}" };
const job = { name: "nightly", kind: "snapshot", schedule: "30 2 * * *", select: { vmids: [102] } };

const BACKUP = "backup:backup/vzdump-qemu-102-2026_11_22-02_00_00.vma.zst";
const idOf = (volid: string) => Buffer.from(volid).toString("base64url");

const BODIES: Readonly<Record<string, unknown>> = {
  "functions/api/bulk/snapshots": snapshots,
  "functions/api/jobs/create": job,
  "functions/api/safe-mode/put": { mode: "permissive" },
  "functions/api/operations/retry": { states: ["skipped"] },
  "functions/api/bulk/delete": { select: { vmids: [114] } },
  "functions/api/bulk/power": { select: { vmids: [113] }, action: "stop" },
  "functions/api/vms/config/patch": { description: "a guest" },
  "functions/api/vms/console": { kind: "vnc" },
  "functions/api/vms/move-disk": { disk: "scsi0", storage: "nfs" },
  "functions/api/vms/resize-disk": { disk: "scsi0", sizeBytes: 64 * 1024 ** 3 },
  "functions/api/bulk/migrate": { select: { vmids: [118] }, target: "pve3" },
  "functions/api/vms/migrate/post": { target: "pve3" },
  "functions/api/bulk/tags": { select: { vmids: [102] }, add: ["location-ams"] },
  "functions/api/tags/categories/put": { categories: ["env"] },
  "functions/api/tags/evaluate": { expression: "env-*" },
  "functions/api/vms/tags/add": { tags: ["location-ams"] },
  "functions/api/vms/tags/replace": { tags: ["moxxie", "location-ams"] },
  "functions/api/bulk/backups": { select: { vmids: [102] }, storage: "backup" },
  "functions/api/bulk/snapshots/delete": { select: { vmids: [113] }, match: "*" },
  "functions/api/bulk/snapshots/rollback": { select: { vmids: [110] }, name: "before" },
  "functions/api/vms/backups/create": { storage: "backup" },
  "functions/api/vms/cloud-init/put": { user: "ops" },
  "functions/api/vms/snapshots/update": { description: "words" },
  "functions/api/vms/create": { name: "new-1", memoryBytes: 1024 ** 3 },
  "functions/api/vms/from-template": { template: "main/9000", name: "new-2" },
  "functions/api/vms/snapshots/create": { name: "sample" },
  "functions/api/backups/prune": { select: { vmids: [102] }, keep: { last: 1 } },
  "functions/api/backups/restore": { volid: BACKUP },
  "functions/api/backups/update": { notes: "words" },
};

/** Further parts of the path. */
const PATHS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "functions/api/backups/delete": { backup: idOf(BACKUP.replace("11_22", "11_21")) },
  "functions/api/vms/snapshots/delete": { name: "gone" },
};

/** What changes more of a guest than others could bear, or needs it off or asleep, has one of its own. */
const VMIDS: Readonly<Record<string, number>> = {
  "functions/api/vms/delete": 116,
  "functions/api/vms/migrate/post": 101,
  "functions/api/vms/move-disk": 117,
  "functions/api/vms/reboot": 115,
  "functions/api/vms/reset": 118,
  "functions/api/vms/resume": 104,
  "functions/api/vms/shutdown": 119,
  "functions/api/vms/snapshots/delete-matching": 111,
  "functions/api/vms/snapshots/rollback": 110,
  "functions/api/vms/start": 110,
  "functions/api/vms/suspend": 111,
  "functions/api/vms/template": 112,
};
const OWN = [110, 111, 112, 113, 114, 115, 116, 117, 118, 119];

const QUERIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "functions/api/vms/tags/remove": { tag: "role-web" },
  "functions/api/vms/snapshots/delete-matching": { match: "*" },
};

/** A request that succeeds, for each route by its file; made anew for each lab, since some name a job and an operation. */
export async function samples(stage: Lab): Promise<readonly Sample[]> {
  await retag(stage, Object.fromEntries(OWN.map((vmid) => [vmid, "moxxie"])));
  const begin = async (body: object) => Operation.parse((await stage.call(Bulk, { body })).json).id;
  const operation = await begin(snapshots);
  const vain = await begin({ ...snapshots, select: { vmids: [102, 999] } });
  await stage.settle(operation);
  for (const name of ["before", "gone"])
    await stage.settle(await begin({ select: { vmids: [102, 110, 111] }, name }));
  await stage.settle(vain);
  const open = await begin({ ...snapshots, select: { vmids: [103, 106] } });
  const operations: Readonly<Record<string, string>> = {
    "functions/api/operations/cancel": open,
    "functions/api/operations/retry": vain,
  };
  const made = Job.parse((await stage.call(CreateJob, { body: { ...job, name: "weekly" } })).json).id;
  await stage.clock.advance(1000);
  Object.assign(stage.simulator.state.guests["104"] ?? {}, { paused: true });
  stage.simulator.resetCounters();
  return Object.entries(ROUTES).map(([file, route]) => {
    const vmid = VMIDS[file] ?? 102;
    const path = {
      cluster: "main",
      vmid,
      job: made,
      operation: operations[file] ?? operation,
      tag: "env-prod",
      storage: "nfs",
      backup: idOf(BACKUP),
      name: "before",
      ...PATHS[file],
    };
    const query = QUERIES[file] ?? {};
    return { file, route, request: { path, query, ...(file in BODIES ? { body: BODIES[file] } : {}) } };
  });
}

/** One route with a request that it takes. */
export interface Sample {
  readonly file: string;
  readonly route: Route;
  readonly request: Request;
}
