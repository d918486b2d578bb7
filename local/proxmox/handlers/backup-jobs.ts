import type { Call, Handlers } from "../call.ts";
import { died, invalid } from "../refusal.ts";
import { sectionOf } from "../section.ts";
import type { Config } from "../state.ts";
import { seconds } from "../world.ts";

const UNSCHEDULED = "neither 'starttime' nor 'schedule' were set";
/** A refusal inside a refusal: the reason carries the inner status. */
const NESTED = "400 Parameter verification failed.";

const jobs = (call: Call) => sectionOf(call.world, "backup-jobs");

const pairs = (text: string) =>
  Object.fromEntries(
    text
      .split(",")
      .map((part): [string, string] => [part.split("=")[0] ?? "", part.slice(part.indexOf("=") + 1)]),
  );

function shown(id: string, job: Config) {
  const { enabled = "1", "prune-backups": prune, ...rest } = job;
  return {
    ...rest,
    id,
    type: "vzdump",
    enabled: Number(enabled),
    ...(prune && { "prune-backups": pairs(prune) }),
  };
}

function checkSelection(job: Config): void {
  const chosen = [job.all === "1", job.vmid !== undefined, job.pool !== undefined].filter(Boolean);
  if (chosen.length !== 1) throw died(NESTED);
}

function create(call: Call): null {
  const { params, world } = call;
  if (!params.has("schedule") && !params.has("starttime")) throw invalid({ schedule: UNSCHEDULED });
  const job = params.without(["id"]);
  checkSelection(job);
  const id = params.optional("id") ?? `backup-${world.random.hex(8)}-${world.random.hex(4)}`;
  if (jobs(call)[id]) throw died(`Job '${id}' already exists`);
  jobs(call)[id] = job;
  world.touch();
  return null;
}

function read(call: Call) {
  const id = call.params.text("id");
  const job = jobs(call)[id];
  if (!job) throw invalid({ id: `No such job '${id}'` });
  return shown(id, job);
}

function update(call: Call): null {
  const job = jobs(call)[call.params.text("id")];
  if (!job) throw died("no such vzdump job");
  const next: Config = { ...job, ...call.params.without(["id", "delete"]) };
  for (const name of call.params.list("delete")) delete next[name];
  checkSelection(next);
  jobs(call)[call.params.text("id")] = next;
  call.world.touch();
  return null;
}

function remove(call: Call): null {
  if (!jobs(call)[call.params.text("id")]) throw died(NESTED);
  delete jobs(call)[call.params.text("id")];
  call.world.touch();
  return null;
}

/** Guests that no job backs up. */
function uncovered(call: Call) {
  const all = Object.values(jobs(call));
  if (all.some((job) => job.all === "1")) return [];
  const covered = new Set(all.flatMap((job) => (job.vmid ?? "").split(",")));
  return Object.values(call.world.state.guests)
    .filter(({ vmid }) => !covered.has(String(vmid)))
    .map(({ vmid, kind, config }) => ({ vmid, type: kind, name: config.name ?? config.hostname ?? "" }));
}

/** Proxmox's own backup jobs. They are kept, but nothing here runs them. */
export const backupJobHandlers: Handlers = {
  "GET /cluster/backup": (call) =>
    Object.entries(jobs(call)).map(([id, job]) => ({
      ...shown(id, job),
      "next-run": seconds(call.world) + 3600,
    })),
  "POST /cluster/backup": create,
  "GET /cluster/backup/{id}": read,
  "PUT /cluster/backup/{id}": update,
  "DELETE /cluster/backup/{id}": remove,
  "GET /cluster/backup/{id}/included_volumes": () => ({ children: [] }),
  "GET /cluster/backup-info/not-backed-up": uncovered,
};
