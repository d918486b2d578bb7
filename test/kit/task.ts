import type { Bench } from "./bench.ts";

/** The tasks that run now, by what their type ends with. */
export const running = ({ simulator }: Pick<Bench, "simulator">, suffix: string) =>
  Object.values(simulator.state.tasks).filter(
    ({ type, endtime }) => type.endsWith(suffix) && endtime === undefined,
  );

/** The first task of this kind, as soon as it runs. */
export async function appearing(b: Bench, suffix: string) {
  for (let looks = 0; looks < 600; looks++) {
    const [task] = running(b, suffix);
    if (task) return task;
    await b.run(500);
  }
  throw new Error(`no task of ${suffix} began in five minutes`);
}

/** Makes a task that runs fail with these words, its work undone; none of our workers goes on meanwhile. */
export async function fail(b: Bench, upid: string, words: string): Promise<void> {
  const task = b.simulator.state.tasks[upid];
  if (!task) throw new Error(`no task ${upid}`);
  const target = `/api2/json/nodes/${task.node}/tasks/${encodeURIComponent(upid)}`;
  const headers = { authorization: `PVEAPIToken=${b.simulator.token}` };
  await b.clock.until(b.simulator.handle({ method: "DELETE", target, headers }));
  task.exitstatus = words;
}

/** Fills the task lists of all nodes with so many tasks of others, so that ours are in none of them any more. */
export function rotate({ simulator: { state } }: Pick<Bench, "simulator">, count: number): void {
  const pattern = Object.values(state.tasks).find(({ endtime }) => endtime !== undefined);
  if (!pattern) throw new Error("no task has ended yet");
  for (const node of Object.values(state.nodes)) {
    const pids = Array.from({ length: count }, (_, index) => 2_000_000 + index);
    node.tasks = pids.map((pid) => {
      const upid = pattern.upid.replace(
        /^UPID:[^:]+:[^:]+/,
        `UPID:${node.name}:${pid.toString(16).padStart(8, "0")}`,
      );
      state.tasks[upid] = { ...pattern, upid, pid, node: node.name };
      return upid;
    });
  }
}

/** Locks a guest as a person does who works on it by hand: no task tells of that, and it lasts until they let go. */
export function held({ simulator: { state } }: Pick<Bench, "simulator">, vmid: number) {
  const guest = state.guests[vmid];
  if (!guest) throw new Error(`there is no guest ${vmid}`);
  guest.lock = "mounted";
  return { release: () => void delete guest.lock };
}
