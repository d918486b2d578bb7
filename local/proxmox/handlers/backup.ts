import { archiveOf } from "../archive.ts";
import { signature } from "../auth.ts";
import type { Call, Handlers } from "../call.ts";
import { checkRoom } from "../disk.ts";
import { nameOf } from "../guest.ts";
import { requirePrivilege } from "../permission.ts";
import { thinOut } from "../thin-out.ts";
import { died, Refusal } from "../refusal.ts";
import type { Guest } from "../state.ts";
import { startTask, type TaskRun } from "../task.ts";
import { disksOf, findVolume } from "../volume.ts";
import { checkBackupOptions } from "../vzdump-options.ts";
import { seconds, type World } from "../world.ts";

/** Which guests of this node are meant; those of other nodes are passed over in silence. */
function chosen(call: Call): number[] {
  const { params, world } = call;
  const excluded = new Set(params.list("exclude"));
  const pool = params.optional("pool");
  if (pool !== undefined && !world.state.pools[pool]) throw died(`pool '${pool}' does not exist`);
  const all = Object.values(world.state.guests)
    .filter(({ node }) => node === call.node)
    .map(({ vmid }) => vmid);
  if (pool !== undefined) return all.filter((vmid) => world.state.pools[pool]?.vms.includes(vmid));
  if (params.flag("all") || params.has("exclude")) return all.filter((vmid) => !excluded.has(String(vmid)));
  return params
    .list("vmid")
    .map(Number)
    .filter((vmid) => (world.state.guests[vmid]?.node ?? call.node) === call.node);
}

function notesOf(world: World, guest: Guest, template: string): string {
  const words: Record<string, string> = {
    guestname: nameOf(guest),
    vmid: String(guest.vmid),
    node: guest.node,
    cluster: world.state.cluster,
  };
  return template
    .replaceAll(/\\([n\\])/g, (_, escaped: string) => (escaped === "n" ? "\n" : "\\"))
    .replaceAll(/\{\{(\w+)\}\}/g, (whole, word: string) => words[word] ?? whole);
}

async function backUp(call: Call, guest: Guest, storage: string, task: TaskRun): Promise<void> {
  const { world, params } = call;
  const ctime = seconds(world);
  if (guest.lock) throw died(`${guest.kind === "qemu" ? "VM" : "CT"} is locked (${guest.lock})`);
  guest.lock = "backup";
  world.touch();
  try {
    await task.work("vzdump");
    const into = world.state.storages[storage];
    if (into) checkRoom(into);
  } finally {
    delete guest.lock;
    world.touch();
  }
  const { format, volid } = archiveOf(call, guest, { storage, ctime });
  const size = disksOf(guest).reduce(
    (total, disk) => total + (findVolume(world, disk.volid, guest.node)?.used ?? 0) / 2,
    4096,
  );
  const notes = params.has("notes-template")
    ? { notes: notesOf(world, guest, params.text("notes-template")) }
    : {};
  const facts = { content: "backup", format, size, used: size, ctime, vmid: guest.vmid, subtype: guest.kind };
  const kept = {
    ...notes,
    ...(params.flag("protected") && { protected: true }),
    config: { ...guest.config },
  };
  const where = world.state.storages[storage]?.shared ? {} : { node: guest.node };
  world.state.volumes.push({ volid, storage, ...where, ...facts, ...kept });
  task.log(`INFO: creating vzdump archive '${volid}'`);
  const into = world.state.storages[storage];
  if (into) thinOut(call, guest, into, task);
}

/** Both complaints about a storage end in the task's exit status, one after the other. */
function checkTarget(call: Call, name: string): void {
  const storage = call.world.state.storages[name];
  const lost = `storage '${name}' does not exist`;
  const unknown = `could not get storage information for '${name}'`;
  if (!storage) throw died(`could not activate storage '${name}': ${lost} ${unknown}: ${lost}`);
  const off = storage.disabled ? `could not activate storage '${name}': storage '${name}' is disabled ` : "";
  if (!storage.content.includes("backup"))
    throw died(`${off}${unknown}: can't use storage '${name}' for backups - wrong content type`);
  if (off) throw died(off.trim());
}

/** The first line of the log: the command, which names the guests that were asked for. */
function commandOf({ params }: Call): string {
  const options = ["all", "exclude", "pool", "storage"].filter((name) => params.has(name));
  const words = options.map((name) => ` --${name} ${params.text(name)}`);
  const vmids = params.has("vmid") ? params.list("vmid").map((vmid) => ` ${vmid}`) : [];
  return `INFO: starting new backup job: vzdump${vmids.join("")}${words.join("")}`;
}

/** Backs up one after the other; what failed is told by the log only, the task says `job errors`. */
async function backUpAll(call: Call, vmids: readonly number[], task: TaskRun): Promise<void> {
  const storage = call.params.optional("storage") ?? "local";
  task.log(commandOf(call));
  checkTarget(call, storage);
  let failed = false;
  for (const vmid of vmids) {
    const guest = call.world.state.guests[vmid];
    task.log(`INFO: Starting Backup of VM ${vmid} (${guest?.kind ?? "unknown"})`);
    try {
      if (!guest) throw died(`unable to find VM '${vmid}'`);
      if (!call.may(`/vms/${vmid}`, "VM.Backup"))
        throw new Refusal(403, `Permission check failed (/vms/${vmid}, VM.Backup)`);
      await backUp(call, guest, storage, task);
      task.log(`INFO: Finished Backup of VM ${vmid}`);
    } catch (error) {
      if (error instanceof Error && error.message === "received interrupt") throw error;
      failed = true;
      task.log(
        `ERROR: Backup of VM ${vmid} failed - ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  if (failed) throw died("job errors");
}

/** A guest on another node is no error and no task: the answer is "OK". */
function vzdump(call: Call): string {
  const { params, world, node } = call;
  checkBackupOptions(call);
  const vmids = chosen(call);
  if (vmids.length === 0 && !params.flag("all")) return "OK";
  if (params.has("storage"))
    requirePrivilege(call, `/storage/${params.text("storage")}`, ["Datastore.AllocateSpace"]);
  const single = vmids.length === 1 ? String(vmids[0]) : "";
  const spec = { node, type: "vzdump", id: single, user: signature(call.who) };
  return startTask(world, spec, (task) => backUpAll(call, vmids, task));
}

/** Backups. */
export const backupHandlers: Handlers = { "POST /nodes/{node}/vzdump": vzdump };
