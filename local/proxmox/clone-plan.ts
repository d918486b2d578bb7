import type { Call } from "./call.ts";
import { checkPlace, type Birth } from "./create.ts";
import { checkLock, guestOn, isTemplate, noun, notFound, type Kind } from "./guest.ts";
import { hasStorage } from "./migration-facts.ts";
import { referencesOf } from "./references.ts";
import { died } from "./refusal.ts";
import type { Config, Guest } from "./state.ts";
import { copiedDrives, hasFeature, hostMounts, isCloudInit } from "./volume.ts";

/** What a clone is made of. */
export interface ClonePlan {
  readonly source: Guest;
  /** What is copied: the current configuration or a snapshot's. */
  readonly config: Config;
  readonly birth: Birth;
  readonly full: boolean;
  /** Where it goes once it is complete; until then it lies where its source is. */
  readonly target: string;
}

/** What a call asks for, of a source that is there and not locked. */
export function planOf(call: Call, kind: Kind): ClonePlan {
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
  const birth = {
    kind,
    vmid: params.number("newid"),
    node,
    config: {},
    pool: params.optional("pool"),
  };
  return { source, config, birth, full, target: params.optional("target") ?? node };
}

/** Whether the VMID is free when the file is written: of another node's guest only pmxcfs knows. */
export function checkFree({ state }: Call["world"], { kind, vmid, node }: Birth): void {
  const other = state.guests[vmid];
  if (!other) return;
  if (other.node === node && other.kind === kind)
    throw died(`unable to create ${noun(kind)} ${vmid}: config file already exists`);
  const file = `/etc/pve/nodes/${node}/${kind === "qemu" ? "qemu-server" : "lxc"}/${vmid}.conf`;
  throw died(`close (rename) atomic file '${file}' failed: File exists`);
}

/** What a linked clone cannot have, and what cannot be copied as a whole. */
function checkManner({ params }: Call, { source, full }: ClonePlan): void {
  if (!full && params.has("storage")) throw died("parameter 'storage' not allowed for linked clones");
  if (!full && params.has("format")) throw died("parameter 'format' not allowed for linked clones");
  if (full && source.kind === "lxc" && source.status === "running" && !params.has("snapname"))
    throw died("Cannot do full clones on a running container without snapshots");
}

/** Whether the storages of all drives can copy them, or clone them; a cloud-init drive is copied in any case. */
function checkDrives({ world, params }: Call, { source, config, full }: ClonePlan): void {
  const snapname = params.optional("snapname");
  const of = snapname === undefined ? "" : "a snapshot of ";
  for (const { option, volid } of copiedDrives({ config })) {
    const own = isCloudInit(config[option] ?? "");
    const feature = full || own ? "copy" : "clone";
    if (hasFeature(world, volid, feature, own ? undefined : snapname)) continue;
    if (source.kind === "lxc")
      throw died(`${full ? "Full" : "Linked"} clone feature for '${volid}' is not available`);
    const manner = full || own ? "Full" : "Linked";
    throw died(`${manner} clone feature is not supported for ${of}'${volid}' (${option})`);
  }
  const [mount] = source.kind === "lxc" ? hostMounts(config) : [];
  if (mount) throw died(`unable to clone mountpoint '${mount.option}' (type ${mount.type})`);
}

/** Another node is reached by shared storage alone: that of all drives, an ISO's too, and that of the copies. */
function checkShared({ world, params }: Call, { source, config, target }: ClonePlan): void {
  if (target === source.node) return;
  const isShared = (name: string) => world.state.storages[name]?.shared === true;
  const storage = params.optional("storage");
  if (storage !== undefined) {
    if (!hasStorage(world, storage, target))
      throw died(`storage '${storage}' is not available on node '${target}'`);
    if (!isShared(storage)) throw died(`can't clone to non-shared storage '${storage}'`);
  }
  // The volumes of a container count as if they were where they are to go.
  const drives = referencesOf({ ...source, config, snapshots: {}, pending: {}, dropped: [] }).filter(
    ({ unused }) => !unused,
  );
  const all = source.kind === "lxc" && storage !== undefined ? [] : drives;
  if (!all.every((drive) => isShared(drive.storage)))
    throw died(
      `can't clone ${noun(source.kind)} to node '${target}' (${noun(source.kind)} uses local storage)`,
    );
}

/** All that is checked before the answer, and again in the task. */
export function check(call: Call, plan: ClonePlan): void {
  const { world, params } = call;
  const { birth, target } = plan;
  const storage = params.optional("storage");
  if (storage !== undefined && !world.state.storages[storage])
    throw died(`storage '${storage}' does not exist`);
  const other = world.state.guests[birth.vmid];
  if (other?.node === birth.node && other.kind === birth.kind) checkFree(world, birth);
  checkPlace(world, birth.pool);
  if (!world.state.nodes[target]) throw died(`no such cluster node '${target}'`);
  checkManner(call, plan);
  checkDrives(call, plan);
  checkShared(call, plan);
}
