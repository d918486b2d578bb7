import { PACES } from "../core/context.ts";
import * as Backup from "../functions/api/vms/backups/create.ts";
import * as Reboot from "../functions/api/vms/reboot.ts";
import * as Reset from "../functions/api/vms/reset.ts";
import * as Snapshot from "../functions/api/vms/snapshots/create.ts";
import * as Suspend from "../functions/api/vms/suspend.ts";
import { lab } from "../test/kit/lab.ts";
import { carriedOut } from "../test/kit/proof.ts";
import { atMost } from "./fan-out-report.ts";
import type { Figure } from "./lib/figure.ts";

const path = { cluster: "main", vmid: 102 };

/** The actions of which nobody knows yet how long they take. */
const CALLS = [
  ["reboot", Reboot, {}],
  ["reset", Reset, {}],
  ["suspend", Suspend, {}],
  ["snapshot", Snapshot, { name: "one" }],
  ["backup", Backup, { storage: "backup", mode: "snapshot" }],
] as const;

/** Seconds from the end of the task of a single call to that of its item, where nothing has been seen before. */
async function lagOf([, route, body]: (typeof CALLS)[number], pace: keyof typeof PACES): Promise<number> {
  const stage = await lab({ mode: "off" });
  Object.assign(stage.world.settings, { patience: PACES[pace] });
  const { operation, items } = await carriedOut(stage, await stage.call(route, { path, body }));
  const ended = stage.simulator.state.tasks[items[0]?.upid ?? ""]?.endtime;
  if (ended === undefined || operation.finishedAt === null) throw new Error("the task has not ended");
  return Date.parse(operation.finishedAt) / 1000 - ended;
}

/** P13 of single calls on an empty history, the latest of all actions. */
export async function singles(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const pace of ["default", "thrifty"] as const) {
    const lags: number[] = [];
    for (const call of CALLS) lags.push(await lagOf(call, pace));
    const unit = `s from the end of a first task to that of its item, single calls, worst of ${CALLS.length} actions, pace ${pace}`;
    figures.push(atMost("P13", Math.max(...lags), 6, unit));
  }
  return figures;
}
