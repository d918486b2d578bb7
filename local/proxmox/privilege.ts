import type { Identity } from "./auth.ts";
import type { Acl } from "./state.ts";
import type { World } from "./world.ts";

const words = (text: string) => text.split(/\s+/).filter(Boolean);

const AUDIT = words("Datastore.Audit Mapping.Audit Pool.Audit SDN.Audit Sys.Audit VM.Audit");
const VM_USER = words("VM.Audit VM.Backup VM.Config.CDROM VM.Config.Cloudinit VM.Console VM.PowerMgmt");
const VM_ADMIN = [
  ...VM_USER,
  ...words(`VM.Allocate VM.Clone VM.Config.CPU VM.Config.Disk VM.Config.HWType VM.Config.Memory VM.Config.Network
    VM.Config.Options VM.Migrate VM.Snapshot VM.Snapshot.Rollback`),
];
const STORE_USER = words("Datastore.AllocateSpace Datastore.Audit");
const STORE_ADMIN = [...STORE_USER, "Datastore.Allocate", "Datastore.AllocateTemplate"];
const OTHER = words(`Group.Allocate Mapping.Modify Mapping.Use Permissions.Modify Pool.Allocate Realm.Allocate
  Realm.AllocateUser SDN.Allocate SDN.Use Sys.AccessNetwork Sys.Console Sys.Incoming Sys.Modify Sys.PowerMgmt
  Sys.Syslog User.Modify`);
const MONITOR = ["VM.Monitor"];
const GUEST_AGENT = words(`VM.GuestAgent.Audit VM.GuestAgent.FileRead VM.GuestAgent.FileSystemMgmt
  VM.GuestAgent.FileWrite VM.GuestAgent.Unrestricted`);

/** Every privilege this version knows. */
export function privilegesOf(world: World): readonly string[] {
  const guests = Number(world.version) >= 9 ? [...GUEST_AGENT, "VM.Replicate"] : MONITOR;
  return [...new Set([...AUDIT, ...VM_ADMIN, ...STORE_ADMIN, ...OTHER, ...guests])].toSorted();
}

/** What a built-in role grants. */
export function roleGrants(world: World, role: string): readonly string[] {
  const roles: Record<string, readonly string[]> = {
    Administrator: privilegesOf(world),
    NoAccess: [],
    PVEAuditor: AUDIT,
    PVEVMUser: VM_USER,
    PVEVMAdmin: [...VM_ADMIN, ...(Number(world.version) >= 9 ? GUEST_AGENT : MONITOR)],
    PVEDatastoreUser: STORE_USER,
    PVEDatastoreAdmin: STORE_ADMIN,
    PVEPoolUser: ["Pool.Audit"],
    PVEPoolAdmin: ["Pool.Allocate", "Pool.Audit"],
  };
  return roles[role] ?? [];
}

/** Every path from the given one up to the root, nearest first. */
function upwards(path: string): string[] {
  const parts = path.split("/").filter(Boolean);
  const above = parts.map((_, index) => `/${parts.slice(0, parts.length - index).join("/")}`);
  return [...above, "/"];
}

/** Privileges and their propagate flag, from the entries on the nearest path that has any. */
function grants(world: World, acls: readonly Acl[], path: string): Map<string, number> {
  const nearest = upwards(path)
    .map((level) => acls.filter((acl) => acl.path === level && (level === path || acl.propagate)))
    .find((found) => found.length > 0);
  const result = new Map<string, number>();
  for (const acl of nearest ?? [])
    for (const privilege of roleGrants(world, acl.roleid)) result.set(privilege, acl.propagate ? 1 : 0);
  return result;
}

function ownGrants(world: World, who: string, path: string): Map<string, number> {
  if (who === "root@pam") return new Map(privilegesOf(world).map((privilege) => [privilege, 1]));
  return grants(
    world,
    world.state.acls.filter((acl) => acl.ugid === who),
    poolPath(world, path) ?? path,
  );
}

/** A guest in a pool also inherits what is granted on the pool, when nothing is granted on the guest itself. */
function poolPath(world: World, path: string): string | undefined {
  const vmid = Number(/^\/vms\/(\d+)$/.exec(path)?.[1]);
  if (!vmid || world.state.acls.some((acl) => acl.path === path)) return undefined;
  const pool = Object.values(world.state.pools).find(({ vms }) => vms.includes(vmid));
  return pool && world.state.acls.some((acl) => acl.path === `/pool/${pool.poolid}`)
    ? `/pool/${pool.poolid}`
    : undefined;
}

/** The privileges of somebody on a path with their propagate flags; a token with privilege separation has only
 * those that both it and its user have. */
export function privilegesOn(world: World, who: Identity, path: string): Map<string, number> {
  const user = ownGrants(world, who.user, path);
  if (!who.token || !world.state.tokens[who.token]?.privsep) return user;
  return new Map([...ownGrants(world, who.token, path)].filter(([privilege]) => user.has(privilege)));
}
