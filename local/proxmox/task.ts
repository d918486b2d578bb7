import { countTask } from "./counters.ts";
import { durationOf } from "./latency.ts";
import { Refusal } from "./refusal.ts";
import type { Task } from "./state.ts";
import { hasEffect, takeExit } from "./task-exit.ts";
import { endTask } from "./task-index.ts";
import { formatUpid } from "./upid.ts";
import { seconds, type World } from "./world.ts";

export interface TaskSpec {
  readonly node: string;
  readonly type: string;
  readonly id: string;
  /** `root@pam` or `root@pam!token`. */
  readonly user: string;
}

/** What a running task can do: write its log and let its work take time. */
export interface TaskRun {
  log(line: string): void;
  /** A line that makes the task end with WARNINGS. */
  warn(line: string): void;
  /** Works as long as this kind of work takes; throws when somebody stops the task. */
  work(kind: string): Promise<void>;
  /** Waits this many milliseconds of the simulated cluster's time. */
  wait(milliseconds: number): Promise<void>;
}

function register(world: World, spec: TaskSpec): Task {
  const node = world.state.nodes[spec.node];
  if (!node) throw new Error(`task on unknown node ${spec.node}`);
  const starttime = seconds(world);
  const pstart = Math.max(0, Math.floor(world.clock.now().getTime() / 10 - node.bootedAt * 100));
  const pid = node.nextPid;
  node.nextPid = pid + 1 > 4_000_000 ? 1000 : pid + 1;
  const upid = formatUpid({ ...spec, pid, pstart, starttime });
  const [user = spec.user, tokenid] = spec.user.split("!");
  const task: Task = { ...spec, upid, pid, pstart, starttime, user, ...(tokenid && { tokenid }), log: [] };
  world.state.tasks[upid] = task;
  return task;
}

function end(world: World, task: Task, exitstatus: string): void {
  endTask(world.state, task.upid, { exitstatus, endtime: seconds(world) });
  world.touch();
}

/** A task that died with its node never goes on: what it held stays as it was. */
const alive = (task: Task) => (task.endtime === undefined ? undefined : new Promise<void>(() => undefined));

function runOf(world: World, task: Task, interrupted: Promise<never>) {
  let warnings = 0;
  const wait = (milliseconds: number) =>
    Promise.race([world.clock.sleep(milliseconds / world.speed).then(() => alive(task)), interrupted]);
  const run: TaskRun = {
    log: (line) => void task.log.push(line),
    warn: (line) => {
      warnings += 1;
      task.log.push(`WARN: ${line}`);
    },
    work: (kind) => wait(durationOf(kind, world.random)),
    wait,
  };
  return { run, verdict: () => (warnings ? `WARNINGS: ${warnings}` : "OK") };
}

function lastLine(exitstatus: string): string {
  if (exitstatus === "OK") return "TASK OK";
  return exitstatus.startsWith("WARNINGS") ? `TASK ${exitstatus}` : `TASK ERROR: ${exitstatus}`;
}

async function execute(world: World, task: Task, body: (run: TaskRun) => Promise<void>): Promise<void> {
  const interruption = Promise.withResolvers<never>();
  interruption.promise.catch(() => undefined);
  world.interrupts.set(task.upid, () => interruption.reject(new Refusal(500, "received interrupt")));
  countTask(world.counters, task.node, 1);
  const { run, verdict } = runOf(world, task, interruption.promise);
  const wanted = takeExit(world.state, task);
  let exitstatus: string;
  try {
    if (wanted && !hasEffect(wanted)) await run.work(task.type.replace(/^(qm|vz)/, ""));
    else await body(run);
    exitstatus = wanted?.exitstatus ?? verdict();
  } catch (error) {
    exitstatus = error instanceof Error ? error.message : String(error);
  }
  if (task.endtime !== undefined) return;
  world.interrupts.delete(task.upid);
  countTask(world.counters, task.node, -1);
  task.log.push(lastLine(exitstatus));
  end(world, task, exitstatus);
}

/** Starts a worker: the answer is its UPID, what happens to the work is seen in the task only. */
export function startTask(world: World, spec: TaskSpec, body: (run: TaskRun) => Promise<void>): string {
  const task = register(world, spec);
  world.touch();
  void execute(world, task, body);
  return task.upid;
}

/** After a node's death its running tasks are over and nobody wrote how they ended; locks stay as they were. */
export function loseRunningTasks(world: World, node?: string): void {
  for (const task of Object.values(world.state.tasks)) {
    if (task.endtime !== undefined || (node !== undefined && task.node !== node)) continue;
    if (world.interrupts.delete(task.upid)) countTask(world.counters, task.node, -1);
    end(world, task, "unexpected status");
  }
}
