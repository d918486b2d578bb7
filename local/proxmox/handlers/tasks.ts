import { signature } from "../auth.ts";
import { Reply, type Call, type Handlers } from "../call.ts";
import { WAITS } from "../latency.ts";
import { died, invalid, Refusal } from "../refusal.ts";
import type { Task } from "../state.ts";
import { parseUpid } from "../upid.ts";
import { atLeast, type World } from "../world.ts";

/** Finished tasks of a node, newest first. */
function archive(world: World, node: string): Task[] {
  const index = world.state.nodes[node]?.tasks ?? [];
  return index.toReversed().flatMap((upid) => world.state.tasks[upid] ?? []);
}

const active = (world: World, node: string): Task[] =>
  [...world.interrupts.keys()]
    .flatMap((upid) => world.state.tasks[upid] ?? [])
    .filter((task) => task.node === node);

function facts(task: Task) {
  const { node, pid, pstart, starttime, type, id, user, upid, tokenid } = task;
  return { node, pid, pstart, starttime, type, id, user, upid, ...(tokenid && { tokenid }) };
}

/** A row of the archive: the exit status is its `status`. */
const archived = (task: Task) => ({ ...facts(task), endtime: task.endtime, status: task.exitstatus });

/** A row of the active list: the token stays inside `user`. */
const running = ({ tokenid, user, ...task }: Task) => ({
  ...facts({ ...task, user: tokenid ? `${user}!${tokenid}` : user }),
  saved: "0",
  status: "RUNNING",
});

const kindOf = (task: Task) => {
  if (task.exitstatus === "OK") return "ok";
  if (task.exitstatus?.startsWith("WARNINGS")) return "warning";
  return task.exitstatus === "unexpected status" ? "unknown" : "error";
};

const inState = (states: readonly string[]) => (task: Task) =>
  states.length === 0 || (task.endtime !== undefined && states.includes(kindOf(task)));

function wanted(call: Call): (task: Task) => boolean {
  const { params } = call;
  const right = inState(params.list("statusfilter"));
  const [since, until] = [params.number("since"), params.number("until", Infinity)];
  const sees = call.may(`/nodes/${call.node}`, "Sys.Audit");
  const tests: ((task: Task) => boolean)[] = [
    (task) => sees || task.user === call.who.user,
    (task) => task.starttime >= since && task.starttime <= until,
    (task) => !params.has("vmid") || task.id === params.text("vmid"),
    (task) => !params.has("typefilter") || task.type === params.text("typefilter"),
    (task) => !params.has("userfilter") || task.user.includes(params.text("userfilter")),
    (task) => !params.flag("errors") || kindOf(task) !== "ok",
    right,
  ];
  return (task) => tests.every((test) => test(task));
}

function nodeTasks(call: Call): Reply {
  const { world, node, params } = call;
  const source = params.optional("source") ?? "archive";
  const now = source === "archive" ? [] : active(world, node);
  const past = source === "active" ? [] : archive(world, node);
  const matching = [...now, ...past].filter(wanted(call));
  const start = params.number("start");
  const page = matching.slice(start, start + params.number("limit", 50));
  return new Reply(
    page.map((task) => (task.endtime === undefined ? running(task) : archived(task))),
    {
      total: matching.length,
    },
  );
}

/** What runs anywhere, and the newest 25 of what each node finished. */
export function clusterTasks(call: Call): unknown {
  const { world } = call;
  return Object.keys(world.state.nodes).flatMap((node) => {
    const visible = call.may(`/nodes/${node}`, "Sys.Audit");
    const mine = (task: Task) => visible || task.user === call.who.user;
    const past = archive(world, node).slice(0, 25).filter(mine).map(archived);
    return [
      ...active(world, node).filter(mine).map(running),
      ...past.map((task) => ({ ...task, saved: "1" })),
    ];
  });
}

function knownTask(call: Call): Task {
  const upid = call.params.text("upid");
  if (!parseUpid(upid)) throw invalid({ upid: "unable to parse worker upid" });
  const task = call.world.state.tasks[upid];
  if (!task || task.node !== call.node) throw invalid({ upid: "no such task" });
  const owner = task.tokenid ? `${task.user}!${task.tokenid}` : task.user;
  const mine = [call.who.user, signature(call.who)].includes(owner);
  if (!mine && !call.may(`/nodes/${call.node}`, "Sys.Audit"))
    throw new Refusal(403, `Permission check failed (/nodes/${call.node}, Sys.Audit)`);
  return task;
}

function taskStatus(call: Call): unknown {
  const task = knownTask(call);
  const ended = task.endtime !== undefined;
  return {
    ...facts(task),
    status: ended ? "stopped" : "running",
    ...(ended && { exitstatus: task.exitstatus }),
  };
}

/** A task that never was has a log all the same, of one line that says so. */
function taskLog(call: Call): Reply {
  const { params, world } = call;
  if (!parseUpid(params.text("upid"))) throw invalid({ upid: "unable to parse worker upid" });
  if (!world.state.tasks[params.text("upid")]) {
    const line = { n: 1, t: "no content" };
    return new Reply(atLeast(world, 9) ? [line] : line, { total: 1 });
  }
  const { log } = knownTask(call);
  if (params.flag("download") && (params.has("start") || params.has("limit")))
    throw died("The parameter 'download' can't be used together with the parameters 'start' or 'limit'!");
  if (params.flag("download")) return new Reply(null, {}, log.map((line) => `${line}\n`).join(""));
  const start = params.number("start");
  const limit = params.number("limit", 50) || log.length;
  const lines = log.slice(start, start + limit).map((t, index) => ({ n: start + index + 1, t }));
  return new Reply(lines, { total: log.length });
}

async function stopTask(call: Call): Promise<null> {
  const task = knownTask(call);
  await call.world.clock.sleep(WAITS.taskStop);
  call.world.interrupts.get(task.upid)?.();
  return null;
}

const index = () => ["log", "status"].map((name) => ({ name }));

export const taskHandlers: Handlers = {
  "GET /nodes/{node}/tasks": nodeTasks,
  "GET /nodes/{node}/tasks/{upid}": index,
  "GET /nodes/{node}/tasks/{upid}/status": taskStatus,
  "GET /nodes/{node}/tasks/{upid}/log": taskLog,
  "DELETE /nodes/{node}/tasks/{upid}": stopTask,
};
