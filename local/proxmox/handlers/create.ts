import { signature } from "../auth.ts";
import type { Call, Handler, Handlers } from "../call.ts";
import {
  checkBirth,
  checkHookscript,
  checkKeys,
  complete,
  missingVolume,
  reserve,
  withMacs,
  type Birth,
} from "../create.ts";
import { wishesOf } from "../disk.ts";
import type { Kind } from "../guest.ts";
import { withStorageLocks } from "../storage-lock.ts";
import { powerOn } from "../power-state.ts";
import { checkMaker } from "../create-rights.ts";
import { requireConfigRights } from "../config-rights.ts";
import { died } from "../refusal.ts";
import { startTask } from "../task.ts";
import { findVolume, removeVolume } from "../volume.ts";
import { createContainer } from "./create-container.ts";

/** Parameters of a creation that are not configuration. */
const NOT_CONFIG: readonly string[] = (
  "node vmid pool start archive force unique storage bwlimit live-restore import-working-storage ostemplate restore " +
  "password ssh-public-keys ignore-unpack-errors ha-managed"
).split(" ");

function birthOf(call: Call, kind: Kind): Birth {
  const { params, node } = call;
  const config = params.without(NOT_CONFIG);
  const rootfs =
    kind === "lxc" && !config.rootfs ? { rootfs: `${params.optional("storage") ?? "local"}:4` } : {};
  return {
    kind,
    node,
    vmid: params.number("vmid"),
    config: { ...rootfs, ...config },
    pool: params.optional("pool"),
  };
}

const create: Handler = (call) => {
  const { world, node, params } = call;
  const birth = birthOf(call, "qemu");
  requireConfigRights(call, "qemu", params.without(NOT_CONFIG));
  checkHookscript(world, birth.config.hookscript);
  checkBirth(world, birth);
  checkKeys(birth.config.sshkeys);
  const missing = missingVolume(world, birth.config);
  const guest = reserve(world, birth, "create");
  const spec = { node, type: "qmcreate", id: String(birth.vmid), user: signature(call.who) };
  return startTask(world, spec, async (task) => {
    try {
      if (missing) throw died(`unable to create VM ${birth.vmid} - volume '${missing}' does not exist`);
      const storages = [...new Set(wishesOf(world, birth.config).map(({ storage }) => storage))];
      await withStorageLocks(world, { node, storages }, () => task.work("create"));
    } catch (error) {
      delete world.state.guests[birth.vmid];
      throw error;
    }
    for (const line of complete(world, guest, birth.config)) task.log(line);
    if (hasNoSystem(birth)) guest.deaf = true;
    if (params.flag("start")) powerOn(world, guest);
  });
};

/** A new VM's disks are empty: nothing in it reacts to a shutdown or answers as an agent. */
const hasNoSystem = ({ config }: Birth) =>
  !Object.values(config).some((value) => value.includes("import-from="));

/** What a restore replaces: allowed only by force, and only when it is stopped and not protected. */
function clearPlace(call: Call, birth: Birth): void {
  const { world, params } = call;
  const old = world.state.guests[birth.vmid];
  if (!old) return;
  if (!params.flag("force")) return checkBirth(world, birth, "restore");
  if (old.config.protection === "1")
    throw died(`unable to restore VM ${birth.vmid} - - protection mode enabled`);
  if (old.status === "running") throw died(`unable to restore vm ${birth.vmid} - vm is running`);
}

function restore(kind: Kind, archiveName: "archive" | "ostemplate"): Handler {
  return (call) => {
    const { world, node, params } = call;
    const birth = birthOf(call, kind);
    const archive = params.text(archiveName);
    if (!archive.includes(":"))
      throw died(
        "Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 562.",
      );
    if (!findVolume(world, archive)) throw died(`volume '${archive}' does not exist`);
    if (!params.flag("force")) clearPlace(call, birth);
    const type = kind === "qemu" ? "qmrestore" : "vzrestore";
    const spec = { node, type, id: String(birth.vmid), user: signature(call.who) };
    return startTask(world, spec, async (task) => {
      clearPlace(call, birth);
      const backup = findVolume(world, archive);
      if (!backup?.config) throw died(`volume '${archive}' does not exist`);
      for (const volume of world.state.volumes.filter(
        ({ vmid, content }) => vmid === birth.vmid && content !== "backup",
      ))
        removeVolume(world, volume.volid);
      const guest = reserve(world, birth, "create");
      await task.work("restore");
      const overrides = Object.fromEntries(
        Object.entries(birth.config).filter(([name]) => name !== "rootfs"),
      );
      try {
        const config = { ...fresh(backup.config, params.optional("storage")), ...overrides };
        complete(world, guest, params.flag("unique") ? withMacs(world, kind, config, true) : config);
      } finally {
        delete guest.lock;
      }
      task.log("restore done");
      if (params.flag("start")) powerOn(world, guest);
    });
  };
}

/** A backed-up configuration whose disks are asked for anew. */
function fresh(
  config: Readonly<Record<string, string>>,
  storage: string | undefined,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => {
      const size = /size=(\d+)G/.exec(value)?.[1];
      if (!size || value.includes("media=cdrom")) return [name, value];
      return [name, `${storage ?? value.split(":")[0]}:${size}`];
    }),
  );
}

const choose = (kind: Kind): Handler => {
  const plain = kind === "qemu" ? create : createContainer((call) => birthOf(call, "lxc"));
  const archive = restore(kind, kind === "qemu" ? "archive" : "ostemplate");
  return (call) => {
    checkMaker(call);
    return call.params.has("archive") || call.params.flag("restore") ? archive(call) : plain(call);
  };
};

/** Creating and restoring guests. */
export const createHandlers: Handlers = {
  "POST /nodes/{node}/qemu": choose("qemu"),
  "POST /nodes/{node}/lxc": choose("lxc"),
};
