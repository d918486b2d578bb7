import { signature } from "../auth.ts";
import type { Call, Handler, Handlers } from "../call.ts";
import {
  checkBirth,
  checkHookscript,
  checkKeys,
  complete,
  missingVolume,
  reserve,
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
import type { World } from "../world.ts";
import { createContainer } from "./create-container.ts";
import { restore } from "./restore.ts";

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
  checkHookscript(world, birth.config.hookscript, node);
  checkBirth(world, birth);
  checkKeys(birth.config.sshkeys);
  const missing = missingVolume(world, birth.config, node);
  const guest = reserve(world, birth, "create");
  const spec = { node, type: "qmcreate", id: String(birth.vmid), user: signature(call.who) };
  return startTask(world, spec, async (task) => {
    try {
      if (missing) throw died(`volume '${missing}' does not exist`);
      const storages = [...new Set(wishesOf(world, birth.config, node).map(({ storage }) => storage))];
      await withStorageLocks(world, { node, storages }, () => task.work("create"));
      for (const line of complete(world, guest, birth.config)) task.log(line);
    } catch (error) {
      throw notMade(world, birth.vmid, error);
    }
    if (hasNoSystem(birth)) guest.deaf = true;
    if (params.flag("start")) powerOn(world, guest);
  });
};

/** Nothing stays of a VM that could not be made. */
function notMade(world: World, vmid: number, error: unknown) {
  delete world.state.guests[vmid];
  world.state.volumes = world.state.volumes.filter((one) => one.vmid !== vmid || one.content !== "images");
  return died(`unable to create VM ${vmid} - ${error instanceof Error ? error.message : String(error)}`);
}

/** A new VM's disks are empty: nothing in it reacts to a shutdown or answers as an agent. */
const hasNoSystem = ({ config }: Birth) =>
  !Object.values(config).some((value) => value.includes("import-from="));

const choose = (kind: Kind): Handler => {
  const plain = kind === "qemu" ? create : createContainer((call) => birthOf(call, "lxc"));
  const archive = restore(kind, (call) => birthOf(call, kind));
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
