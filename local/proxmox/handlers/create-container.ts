import { signature } from "../auth.ts";
import type { Call, Handler } from "../call.ts";
import { requireConfigRights } from "../config-rights.ts";
import { checkContainer, FAILED, furnish, systemOf } from "../container.ts";
import { checkBirth, complete, missingVolume, reserve, type Birth } from "../create.ts";
import { wishesOf } from "../disk.ts";
import { died } from "../refusal.ts";
import { withStorageLocks } from "../storage-lock.ts";
import { startTask, type TaskRun } from "../task.ts";
import { removeVolume } from "../volume.ts";

/** Lays the disks and unpacks the template; from then on the configuration is there, without its lock. */
async function lay(call: Call, birth: Birth, task: TaskRun): Promise<void> {
  const { world, node, params } = call;
  const { vmid, config } = birth;
  const missing = missingVolume(world, { rootfs: params.text("ostemplate") }, node);
  if (missing) throw died(`${FAILED(vmid)} volume '${missing}' does not exist`);
  const storages = [...new Set(wishesOf(world, config, node).map(({ storage }) => storage))];
  await withStorageLocks(world, { node, storages }, () => task.work("create"));
  const guest = world.state.guests[vmid];
  if (!guest)
    throw died(`${FAILED(vmid)} Configuration file 'nodes/${node}/lxc/${vmid}.conf' does not exist`);
  task.log(`extracting archive '${params.text("ostemplate")}'`);
  for (const line of complete(world, guest, { ...config, ...systemOf(params.text("ostemplate")) }))
    task.log(line);
}

/** Makes a container out of a template. Its configuration is there, and locked, before the answer. */
export const createContainer =
  (birthOf: (call: Call) => Birth): Handler =>
  (call) => {
    const { world, node } = call;
    const birth = birthOf(call);
    const { vmid, config } = birth;
    checkBirth(world, { ...birth, config: {} });
    checkContainer(call, config);
    requireConfigRights(call, "lxc", config);
    const guest = reserve(world, birth, "create");
    const spec = { node, type: "vzcreate", id: String(vmid), user: signature(call.who) };
    return startTask(world, spec, async (task) => {
      try {
        await lay(call, birth, task);
        await task.work("unpack");
      } catch (error) {
        delete world.state.guests[vmid];
        for (const { volid } of world.state.volumes.filter(
          (one) => one.vmid === vmid && one.content === "rootdir",
        ))
          removeVolume(world, volid, node);
        throw error;
      }
      furnish(guest, call);
      world.touch();
    });
  };
