import { systemCaller } from "../../../../core/context.ts";
import { register } from "../../../../core/cluster/index.ts";
import { NoAnswer } from "../../../../core/proxmox/index.ts";
import { caller } from "../../../kit/caller.ts";
import type { Lab } from "../../../kit/lab.ts";

/** A second cluster beside the lab's own: one that does not answer, or one whose credential is not there. */
export async function withCluster(stage: Lab, id: string, trouble: "silent" | "no-credential") {
  const { world } = stage;
  await register(
    { ...world, ...systemCaller("test", "req_test") },
    { id, name: id, endpoints: [`https://${id}.test:8006`], fingerprints: [] },
  );
  const silent = () => Promise.reject(new NoAnswer("connect ETIMEDOUT", false));
  const dial: typeof world.dial = (target) => (target.cluster === id ? silent : world.dial(target));
  const read = async (cluster: string) =>
    cluster === id && trouble === "no-credential" ? undefined : world.secrets.read(cluster);
  return caller({ ...world, dial, secrets: { read } }, stage.clock, stage.admin);
}
