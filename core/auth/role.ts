import * as z from "zod";

export const RoleName = z.enum(["admin", "operator", "viewer"]);
export type RoleName = z.infer<typeof RoleName>;

const READS = [
  "vm.list",
  "vm.get",
  "snapshot.list",
  "cluster.list",
  "cluster.get",
  "operation.list",
  "operation.get",
  "operation.items",
  "job.list",
  "job.get",
  "job.runs",
  "safe-mode.get",
  "system.*",
  "me.get",
];

/** What each role may do, as action patterns. Nothing is allowed that is not named. */
export const ROLES: Readonly<Record<RoleName, readonly string[]>> = {
  admin: ["*"],
  operator: [...READS, "audit.read", "vm.start", "vm.stop", "snapshot.*", "job.*"],
  viewer: READS,
};
