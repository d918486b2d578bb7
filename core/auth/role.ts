import * as z from "zod";

export const RoleName = z.enum(["admin", "operator", "viewer"]);
export type RoleName = z.infer<typeof RoleName>;

const READS = [
  "vm.list",
  "vm.get",
  "vm.config.get",
  "vm.status",
  "vm.statistics",
  "vm.cloud-init.get",
  "vm.migrate.get",
  "storage.list",
  "storage.get",
  "snapshot.list",
  "snapshot.get",
  "backup.list",
  "backup.get",
  "backup.coverage",
  "tag.list",
  "tag.vms",
  "tag.get",
  "tag.evaluate",
  "tag.categories",
  "cluster.list",
  "cluster.get",
  "operation.list",
  "operation.get",
  "operation.items",
  "operation.events",
  "job.list",
  "job.get",
  "job.runs",
  "safe-mode.get",
  "system.*",
  "me.get",
];

const POWER = ["vm.start", "vm.stop", "vm.shutdown", "vm.reboot", "vm.reset", "vm.suspend", "vm.resume"];

/** What each role may do, as action patterns. Nothing is allowed that is not named. */
export const ROLES: Readonly<Record<RoleName, readonly string[]>> = {
  admin: ["*"],
  operator: [
    ...READS,
    "audit.read",
    ...POWER,
    "vm.tags",
    "snapshot.*",
    "backup.create",
    "backup.update",
    "job.*",
    "operation.*",
  ],
  viewer: READS,
};
