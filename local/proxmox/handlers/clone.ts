import { signature } from "../auth.ts";
import type { Call, Handler, Handlers } from "../call.ts";
import { check, checkFree, planOf, type ClonePlan } from "../clone-plan.ts";
import { reserve } from "../create.ts";
import { cloneDrives } from "../clone-drives.ts";
import { lockFile, nameOf, type Kind } from "../guest.ts";
import { withMacs } from "../network-card.ts";
import { died } from "../refusal.ts";
import type { Config, Guest } from "../state.ts";
import { startTask, type TaskRun } from "../task.ts";

async function work(call: Call, plan: ClonePlan, guest: Guest, task: TaskRun): Promise<void> {
  const { world, params } = call;
  const kept = Object.entries(plan.config).filter(([name]) => !/^(template|unused\d+)$/.test(name));
  const config: Config = {
    ...withMacs(world, guest.kind, Object.fromEntries(kept), true),
    ...cloneDrives(call, plan, task),
  };
  await task.work(plan.full ? "clone" : "linked-clone");
  const name = params.optional(guest.kind === "qemu" ? "name" : "hostname");
  config[guest.kind === "qemu" ? "name" : "hostname"] =
    name ?? `Copy-of-${guest.kind === "qemu" ? "VM" : "CT"}-${nameOf(plan.source)}`;
  if (params.has("description")) config.description = params.text("description");
  guest.config = config;
  delete guest.lock;
  world.touch();
}

async function make(call: Call, plan: ClonePlan, guest: Guest, task: TaskRun): Promise<void> {
  const { world } = call;
  const { vmid } = plan.birth;
  const before = new Set(world.state.volumes);
  try {
    await work(call, plan, guest, task);
    guest.node = plan.target;
  } catch (error) {
    delete world.state.guests[vmid];
    world.state.volumes = world.state.volumes.filter((one) => one.vmid !== vmid || before.has(one));
    throw died(`clone failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Does something while holding locks on configuration files of a node, for which nobody waits longer than a second. */
async function holding(call: Call, vmids: readonly number[], work: () => Promise<void>): Promise<void> {
  const [vmid, ...rest] = vmids;
  if (vmid === undefined) return work();
  const { state, locks } = call.world;
  const file = lockFile("qemu", vmid);
  // The file of a guest that is not there yet may be locked on each node.
  const release = await locks.acquire(state.guests[vmid] ? file : `${call.node}:${file}`, LOCK_MS);
  if (!release) throw died(`can't lock file '${file}' - got timeout`);
  try {
    await holding(call, rest, work);
  } finally {
    release();
  }
}

const LOCK_MS = 1000;
/** From the answer of a call to the first deed of its task. */
const FORK_MS = 50;

/** All is checked once more in the task, and only there the new configuration is written. */
function cloneVm(call: Call, plan: ClonePlan): (task: TaskRun) => Promise<void> {
  const { world } = call;
  const { source, birth } = plan;
  const locked = [...(source.status === "running" ? [source.vmid] : []), birth.vmid];
  return async (task) => {
    await task.wait(FORK_MS);
    await holding(call, locked, async () => {
      check(call, planOf(call, "qemu"));
      checkFree(world, birth);
      const guest = reserve(world, birth, "clone");
      guest.config = { description: "qmclone temporary file\n" };
      await make(call, plan, guest, task);
    });
  };
}

/** The new configuration is written at once, and the source stays locked until all is copied. */
function cloneContainer(call: Call, plan: ClonePlan): (task: TaskRun) => Promise<void> {
  const { world, params } = call;
  const { source, birth } = plan;
  checkFree(world, birth);
  const description = params.optional("description");
  const guest = reserve(world, birth, "create");
  if (description !== undefined) guest.config = { description };
  source.lock = "disk";
  return async (task) => {
    try {
      await make(call, plan, guest, task);
    } finally {
      delete source.lock;
      world.touch();
    }
  };
}

const clone =
  (kind: Kind): Handler =>
  (call) => {
    const { world, node } = call;
    const plan = planOf(call, kind);
    check(call, plan);
    const task = kind === "qemu" ? cloneVm(call, plan) : cloneContainer(call, plan);
    const type = kind === "qemu" ? "qmclone" : "vzclone";
    return startTask(world, { node, type, id: String(plan.source.vmid), user: signature(call.who) }, task);
  };

/** Cloning guests. */
export const cloneHandlers: Handlers = {
  "POST /nodes/{node}/qemu/{vmid}/clone": clone("qemu"),
  "POST /nodes/{node}/lxc/{vmid}/clone": clone("lxc"),
};
