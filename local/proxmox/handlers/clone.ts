import { signature } from "../auth.ts";
import type { Call, Handler, Handlers } from "../call.ts";
import { checkBirth, reserve, withMacs, type Birth } from "../create.ts";
import { checkRoom, volumeName } from "../disk.ts";
import { checkLock, guestOn, isTemplate, nameOf, notFound, type Kind } from "../guest.ts";
import { died } from "../refusal.ts";
import type { Config, Guest } from "../state.ts";
import { startTask, type TaskRun } from "../task.ts";
import { disksOf, findVolume } from "../volume.ts";
import { seconds } from "../world.ts";

interface Plan {
  readonly source: Guest;
  /** What is copied: the current configuration or a snapshot's. */
  readonly config: Config;
  readonly birth: Birth;
  readonly full: boolean;
}

function planOf(call: Call, kind: Kind): Plan {
  const { world, node, params } = call;
  const vmid = params.number("vmid");
  const source = guestOn(world, node, kind, vmid);
  if (!source) throw died(notFound(node, kind, vmid));
  checkLock(source);
  const snapname = params.optional("snapname");
  const snapshot = snapname === undefined ? undefined : source.snapshots[snapname];
  if (snapname && !snapshot) throw died(`snapshot '${snapname}' does not exist`);
  const config = snapshot?.config ?? source.config;
  const full = params.has("full") ? params.flag("full") : !isTemplate(source);
  const newNode = params.optional("target") ?? node;
  const birth = {
    kind,
    vmid: params.number("newid"),
    node: newNode,
    config: {},
    pool: params.optional("pool"),
  };
  return { source, config, birth, full };
}

function check(call: Call, { source, birth, full }: Plan): void {
  const { world, params } = call;
  const storage = params.optional("storage");
  if (storage !== undefined && !world.state.storages[storage])
    throw died(`storage '${storage}' does not exist`);
  if (world.state.guests[birth.vmid])
    throw died(`unable to create VM ${birth.vmid}: config file already exists`);
  checkBirth(world, birth);
  if (!world.state.nodes[birth.node]) throw died(`no such cluster node '${birth.node}'`);
  if (!full && params.has("storage")) throw died("parameter 'storage' not allowed for linked clones");
  const [disk] = disksOf(source);
  if (!full && !isTemplate(source) && disk)
    throw died(`Linked clone feature is not supported for '${disk.volid}' (${disk.option})`);
  const local = disksOf(source).find(({ volid }) => !world.state.storages[volid.split(":")[0] ?? ""]?.shared);
  if (birth.node !== source.node && local)
    throw died(`can't clone VM to node '${birth.node}' (VM uses local storage)`);
}

/** Copies one disk; a linked clone's volume carries the name of the base it stands on. */
function copyDisk(call: Call, { birth, full }: Plan, volid: string): string {
  const { world, params } = call;
  const storage = world.state.storages[params.optional("storage") ?? volid.split(":")[0] ?? ""];
  if (!storage) throw died(`storage '${params.text("storage")}' does not exist`);
  checkRoom(storage);
  const { content, format, size, used } = findVolume(world, volid) ?? LOST;
  const named = volumeName(world, storage, { vmid: birth.vmid, format });
  const copy = full ? named : named.replace(":", `:${volid.split(":")[1] ?? ""}/`);
  const where = storage.shared ? {} : { node: birth.node };
  const facts = { content, format, size, used: full ? used : 0, ctime: seconds(world), vmid: birth.vmid };
  world.state.volumes.push({ volid: copy, storage: storage.storage, ...where, ...facts });
  return copy;
}

/** What is copied of a disk whose volume somebody removed. */
const LOST = { content: "images", format: "raw", size: 0, used: 0 };

async function work(call: Call, plan: Plan, guest: Guest, task: TaskRun): Promise<void> {
  const { world, params } = call;
  const { template: _, ...kept } = plan.config;
  const config: Config = withMacs(world, guest.kind, kept, true);
  for (const { option, volid } of disksOf({ config: plan.config })) {
    task.log(`create ${plan.full ? "full" : "linked"} clone of drive ${option} (${volid})`);
    config[option] = (config[option] ?? "").replace(volid, copyDisk(call, plan, volid));
  }
  await task.work(plan.full ? "clone" : "linked-clone");
  const name = params.optional(guest.kind === "qemu" ? "name" : "hostname");
  config[guest.kind === "qemu" ? "name" : "hostname"] =
    name ?? `Copy-of-${guest.kind === "qemu" ? "VM" : "CT"}-${nameOf(plan.source)}`;
  if (params.has("description")) config.description = params.text("description");
  guest.config = config;
  delete guest.lock;
  world.touch();
}

const clone =
  (kind: Kind): Handler =>
  (call) => {
    const { world, node } = call;
    const plan = planOf(call, kind);
    check(call, plan);
    const guest = reserve(world, plan.birth, "clone");
    const type = kind === "qemu" ? "qmclone" : "vzclone";
    const spec = { node, type, id: String(plan.source.vmid), user: signature(call.who) };
    return startTask(world, spec, async (task) => {
      try {
        await work(call, plan, guest, task);
      } catch (error) {
        delete world.state.guests[plan.birth.vmid];
        world.state.volumes = world.state.volumes.filter(({ vmid }) => vmid !== plan.birth.vmid);
        throw error;
      }
    });
  };

/** Cloning guests. */
export const cloneHandlers: Handlers = {
  "POST /nodes/{node}/qemu/{vmid}/clone": clone("qemu"),
  "POST /nodes/{node}/lxc/{vmid}/clone": clone("lxc"),
};
