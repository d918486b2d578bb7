import type { Handlers } from "../call.ts";
import { accessHandlers } from "./access.ts";
import { aclHandlers } from "./acl.ts";
import { agentHandlers } from "./agent.ts";
import { backupHandlers } from "./backup.ts";
import { backupJobHandlers } from "./backup-jobs.ts";
import { backupInfoHandlers } from "./backup-info.ts";
import { bulkHandlers } from "./bulk.ts";
import { pruneHandlers } from "./prune.ts";
import { storageConfigHandlers } from "./storage-config.ts";
import { cloneHandlers } from "./clone.ts";
import { cloudInitHandlers } from "./cloud-init.ts";
import { clusterHandlers } from "./cluster.ts";
import { configHandlers } from "./config.ts";
import { consoleHandlers } from "./console.ts";
import { contentHandlers } from "./content.ts";
import { createHandlers } from "./create.ts";
import { destroyHandlers } from "./destroy.ts";
import { diskHandlers } from "./disks.ts";
import { firewallHandlers } from "./firewall.ts";
import { guestHandlers } from "./guests.ts";
import { haHandlers } from "./ha.ts";
import { mappingHandlers } from "./mappings.ts";
import { membershipHandlers } from "./membership.ts";
import { migrateHandlers } from "./migrate.ts";
import { moveDiskHandlers } from "./move-disk.ts";
import { networkHandlers } from "./networks.ts";
import { nodeHandlers } from "./nodes.ts";
import { optionHandlers } from "./options.ts";
import { poolHandlers } from "./pools.ts";
import { powerHandlers } from "./power.ts";
import { rrdHandlers } from "./rrd.ts";
import { roleHandlers } from "./roles.ts";
import { sdnHandlers } from "./sdn.ts";
import { snapshotHandlers } from "./snapshots.ts";
import { storageHandlers } from "./storage.ts";
import { taskHandlers } from "./tasks.ts";
import { tokenHandlers } from "./tokens.ts";
import { userHandlers } from "./users.ts";
import { volumeHandlers } from "./volumes.ts";
import { systemHandlers } from "./system.ts";
import { versionHandlers } from "./version.ts";

/** Every call that is simulated, by "METHOD /path/{template}"; the others answer 501 `not simulated yet`. */
export const HANDLERS: Handlers = {
  ...versionHandlers,
  ...systemHandlers,
  ...volumeHandlers,
  ...clusterHandlers,
  ...nodeHandlers,
  ...taskHandlers,
  ...storageHandlers,
  ...poolHandlers,
  ...accessHandlers,
  ...aclHandlers,
  ...agentHandlers,
  ...backupHandlers,
  ...backupInfoHandlers,
  ...bulkHandlers,
  ...pruneHandlers,
  ...storageConfigHandlers,
  ...backupJobHandlers,
  ...cloudInitHandlers,
  ...consoleHandlers("qemu"),
  ...consoleHandlers("lxc"),
  ...contentHandlers,
  ...mappingHandlers,
  ...membershipHandlers,
  ...moveDiskHandlers,
  ...optionHandlers,
  ...cloneHandlers,
  ...createHandlers,
  ...destroyHandlers,
  ...diskHandlers,
  ...firewallHandlers,
  ...haHandlers,
  ...networkHandlers,
  ...rrdHandlers,
  ...roleHandlers,
  ...sdnHandlers,
  ...tokenHandlers,
  ...userHandlers,
  ...migrateHandlers("qemu"),
  ...migrateHandlers("lxc"),
  ...guestHandlers("qemu"),
  ...guestHandlers("lxc"),
  ...configHandlers("qemu"),
  ...configHandlers("lxc"),
  ...powerHandlers("qemu"),
  ...powerHandlers("lxc"),
  ...snapshotHandlers("qemu"),
  ...snapshotHandlers("lxc"),
};
