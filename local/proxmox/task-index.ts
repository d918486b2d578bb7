import type { State } from "./state.ts";

/** Task lists keep about this many finished tasks of a node: two index files of 50 kB. */
const INDEX_LENGTH = 1300;

/** Ends a task and puts it into its node's index; the oldest one beyond the limit is forgotten. */
export function endTask(state: State, upid: string, end: { exitstatus: string; endtime: number }): void {
  const task = state.tasks[upid];
  const index = state.nodes[task?.node ?? ""]?.tasks;
  if (!task || !index) return;
  Object.assign(task, end);
  index.push(upid);
  for (const old of index.splice(0, Math.max(0, index.length - INDEX_LENGTH))) delete state.tasks[old];
}
