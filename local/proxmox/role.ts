import { atLeast, type World } from "./world.ts";

const words = (text: string) => text.split(/\s+/).filter(Boolean);

/** The privileges of one kind of thing, by who usually gets them. */
interface Area {
  readonly root?: readonly string[];
  readonly admin?: readonly string[];
  readonly user?: readonly string[];
  readonly audit?: readonly string[];
}

const GUEST_ADMIN = words(`VM.Allocate VM.Clone VM.Config.CPU VM.Config.Disk VM.Config.HWType VM.Config.Memory
  VM.Config.Network VM.Config.Options VM.Migrate VM.Snapshot VM.Snapshot.Rollback`);
const GUEST_USER = words("VM.Backup VM.Config.CDROM VM.Config.Cloudinit VM.Console VM.PowerMgmt");
const AGENT_USER = words("VM.GuestAgent.FileRead VM.GuestAgent.FileSystemMgmt VM.GuestAgent.FileWrite");

const guests = (newer: boolean): Area => ({
  admin: [...GUEST_ADMIN, ...(newer ? ["VM.GuestAgent.Unrestricted", "VM.Replicate"] : ["VM.Monitor"])],
  user: [...GUEST_USER, ...(newer ? AGENT_USER : [])],
  audit: ["VM.Audit", ...(newer ? ["VM.GuestAgent.Audit"] : [])],
});

function areas(world: World): Readonly<Record<string, Area>> {
  const eight = atLeast(world, 8);
  const network = atLeast(world, 8.2) ? ["Sys.AccessNetwork"] : [];
  return {
    VM: guests(atLeast(world, 9)),
    Sys: {
      root: ["Sys.PowerMgmt", "Sys.Modify", "Sys.Incoming", "Permissions.Modify", ...network],
      admin: ["Sys.Console", "Sys.Syslog"],
      audit: ["Sys.Audit"],
    },
    Datastore: {
      admin: ["Datastore.Allocate", "Datastore.AllocateTemplate"],
      user: ["Datastore.AllocateSpace"],
      audit: ["Datastore.Audit"],
    },
    SDN: { admin: ["SDN.Allocate"], user: eight ? ["SDN.Use"] : [], audit: ["SDN.Audit"] },
    User: { root: ["Realm.Allocate"], admin: ["User.Modify", "Group.Allocate", "Realm.AllocateUser"] },
    Pool: { admin: ["Pool.Allocate"], audit: ["Pool.Audit"] },
    ...(eight && { Mapping: { admin: ["Mapping.Modify"], user: ["Mapping.Use"], audit: ["Mapping.Audit"] } }),
  };
}

const NONE: readonly string[] = [];
const of = ({ root = NONE, admin = NONE, user = NONE, audit = NONE }: Area) => ({ root, admin, user, audit });

/** Every privilege this version knows. */
export function privilegesOf(world: World): readonly string[] {
  const all = Object.values(areas(world)).map(of);
  return all.flatMap(({ root, admin, user, audit }) => [...root, ...admin, ...user, ...audit]).toSorted();
}

function builtIn(world: World): Readonly<Record<string, readonly string[]>> {
  const all = Object.entries(areas(world)).map(([name, area]) => ({ name, ...of(area) }));
  const admins = all.map(({ name, admin, user, audit }) => [
    `PVE${name}Admin`,
    [...admin, ...user, ...audit],
  ]);
  const users = all
    .filter(({ name, user }) => user.length > 0 || name === "Pool")
    .map(({ name, user, audit }) => [`PVE${name}User`, [...user, ...audit]]);
  const audits = all.filter(({ name }) => name === "Mapping").map(({ audit }) => ["PVEMappingAudit", audit]);
  return {
    Administrator: privilegesOf(world),
    NoAccess: [],
    PVEAdmin: all.flatMap(({ admin, user, audit }) => [...admin, ...user, ...audit]),
    PVEAuditor: all.flatMap(({ audit }) => audit),
    PVETemplateUser: ["VM.Audit", "VM.Clone"],
    ...Object.fromEntries([...admins, ...users, ...audits]),
  };
}

/** Roles that every cluster has. */
export const builtInRoles = (world: World): readonly string[] => Object.keys(builtIn(world)).toSorted();

/** What a role grants, built in or made. */
export function roleGrants(world: World, role: string): readonly string[] {
  const made = world.state.sections.roles?.[role]?.privs ?? "";
  return builtIn(world)[role] ?? words(made.replaceAll(",", " "));
}
