import type { Endpoint } from "./facts/index.ts";
import { WAITS } from "./latency.ts";
import { died } from "./refusal.ts";
import type { Guest } from "./state.ts";
import type { World } from "./world.ts";

/** Calls that change a file of the whole cluster, and what their failure begins with. */
const CLUSTER_FILES: readonly [pattern: RegExp, file: string, failed: string][] = [
  [/^POST \/pools/, "file-user_cfg", "create pool failed: "],
  [/^PUT \/pools/, "file-user_cfg", "update pools failed: "],
  [/^DELETE \/pools/, "file-user_cfg", "delete pool failed: "],
  [/^POST \/access\/users$/, "file-user_cfg", "create user failed: "],
  [/^PUT \/access\/acl/, "file-user_cfg", "ACL update failed: "],
  [/^(POST|PUT|DELETE) \/access\/(users|roles|groups)/, "file-user_cfg", ""],
  [/^PUT \/cluster\/options/, "file-datacenter_cfg", ""],
  [/^(POST|PUT|DELETE) \/cluster\/ha/, "domain-ha", ""],
  [/^(POST|PUT|DELETE) \/cluster\/sdn/, "file-sdn_zones_cfg", ""],
  [/^(POST|PUT|DELETE) \/cluster\/backup/, "file-jobs_cfg", ""],
];

/** Without quorum the cluster's files cannot be locked: that takes nine seconds to say. Logins go on working. */
export async function checkClusterFile(world: World, { method, path }: Endpoint): Promise<void> {
  if (world.state.quorate || method === "GET") return;
  const row = CLUSTER_FILES.find(([pattern]) => pattern.test(`${method} ${path}`));
  if (!row) return;
  await world.clock.sleep(WAITS.noQuorum);
  throw died(`${row[2]}cfs-lock '${row[1]}' error: no quorum!`);
}

/** Without quorum no configuration file can be written: pmxcfs refuses it as a matter of rights. */
export function checkWritable(world: World, guest: Guest): void {
  if (world.state.quorate) return;
  const folder = guest.kind === "qemu" ? "qemu-server" : "lxc";
  const file = `/etc/pve/nodes/${guest.node}/${folder}/${guest.vmid}.conf`;
  throw died(`unable to open file '${file}.tmp.${guest.vmid}' - Permission denied`);
}
