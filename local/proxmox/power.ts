import { checkBoot } from "./boot.ts";
import { checkLock, isTemplate, noun, withConfigLock } from "./guest.ts";
import type { Params } from "./params.ts";
import { goOn, isPaused, powerOff, powerOn } from "./power-state.ts";
import { died } from "./refusal.ts";
import type { Guest } from "./state.ts";
import { startTask, type TaskRun } from "./task.ts";
import type { World } from "./world.ts";

interface PowerJob {
  readonly world: World;
  readonly guest: Guest;
  readonly task: TaskRun;
  readonly params: Params;
}

/** What a power task does once it holds the lock on the configuration file. */
export type PowerWork = (job: PowerJob) => Promise<void>;

/** A hibernated guest is locked, but a start is what wakes it. */
const checkStartLock = (guest: Guest) => guest.lock !== "suspended" && checkLock(guest);

export const start: PowerWork = async ({ world, guest, task }) => {
  checkStartLock(guest);
  if (guest.status === "running") throw died(`${noun(guest.kind)} ${guest.vmid} already running`);
  if (isTemplate(guest)) throw died("you can't start a vm if it's a template");
  checkBoot(world, guest, task);
  await task.work("start");
  delete guest.lock;
  powerOn(world, guest);
};

/** Stopping what is stopped is a success, even when it is locked. */
export const stop: PowerWork = async ({ world, guest, task }) => {
  if (guest.status === "stopped") return;
  checkLock(guest);
  await task.work("stop");
  powerOff(world, guest);
};

export const shutdown: PowerWork = async ({ world, guest, task, params }) => {
  if (guest.status === "stopped") return;
  checkLock(guest);
  if (isPaused(guest) && !params.flag("forceStop")) throw died("VM is paused - cannot shutdown");
  if (isPaused(guest)) task.log("VM is paused - stop instead of shutdown");
  else if (guest.deaf) {
    await task.wait(params.number("timeout", 60) * 1000);
    if (!params.flag("forceStop")) throw died("VM quit/powerdown failed - got timeout");
    task.log("VM still running - terminating now with SIGTERM");
  } else {
    await task.work("shutdown");
  }
  powerOff(world, guest);
};

/** The task ends when the guest went down; a second one, by root, brings it up again. */
export const reboot: PowerWork = async ({ world, guest, task }) => {
  checkLock(guest);
  if (guest.deaf) throw died("VM quit/powerdown failed - got timeout");
  await task.work("reboot");
  powerOff(world, guest);
  const type = guest.kind === "qemu" ? "qmstart" : "vzstart";
  startTask(world, { node: guest.node, type, id: String(guest.vmid), user: "root@pam" }, (again) =>
    withConfigLock(world, guest, async () => {
      checkBoot(world, guest, again);
      await again.work("start");
      powerOn(world, guest);
    }),
  );
};

export const reset: PowerWork = async ({ guest, task }) => {
  checkLock(guest);
  await task.work("reset");
  if (!guest.paused) goOn(guest);
};

export const suspend: PowerWork = async ({ world, guest, task, params }) => {
  checkLock(guest);
  await task.work("suspend");
  if (params.flag("todisk")) {
    powerOff(world, guest);
    guest.lock = "suspended";
  } else {
    goOn(guest);
    guest.paused = true;
  }
  world.touch();
};

export const resume: PowerWork = async ({ world, guest, task }) => {
  await task.work("resume");
  if (guest.lock === "suspended") delete guest.lock;
  if (guest.status === "stopped") powerOn(world, guest);
  goOn(guest);
  world.touch();
};
