import type { Call, Handlers } from "../call.ts";
import { builtInRoles, privilegesOf, roleGrants } from "../role.ts";
import { died, invalid } from "../refusal.ts";
import { sectionOf } from "../section.ts";

const custom = (call: Call) => sectionOf(call.world, "roles");

const granted = (call: Call, role: string) =>
  Object.fromEntries(roleGrants(call.world, role).map((name) => [name, 1]));

function checkPrivileges(call: Call): void {
  const known = privilegesOf(call.world);
  const wrong = call.params.list("privs").find((name) => !known.includes(name));
  if (wrong) throw invalid({ privs: `invalid format - invalid privilege '${wrong}'\n` });
}

const listed = (call: Call) =>
  [...builtInRoles(call.world), ...Object.keys(custom(call))].map((roleid) => ({
    roleid,
    privs: roleGrants(call.world, roleid).join(","),
    special: builtInRoles(call.world).includes(roleid) ? 1 : 0,
  }));

function exists(call: Call): string {
  const roleid = call.params.text("roleid");
  if (!builtInRoles(call.world).includes(roleid) && !custom(call)[roleid])
    throw died(`role '${roleid}' does not exist`);
  return roleid;
}

function create(call: Call): null {
  checkPrivileges(call);
  const roleid = call.params.text("roleid");
  if (builtInRoles(call.world).includes(roleid) || custom(call)[roleid])
    throw died(`create role failed: role '${roleid}' already exists`);
  custom(call)[roleid] = { privs: call.params.list("privs").join(",") };
  call.world.touch();
  return null;
}

function update(call: Call): null {
  checkPrivileges(call);
  const roleid = exists(call);
  const before = call.params.flag("append") ? [...roleGrants(call.world, roleid)] : [];
  custom(call)[roleid] = { privs: [...new Set([...before, ...call.params.list("privs")])].join(",") };
  call.world.touch();
  return null;
}

function remove(call: Call): null {
  const roleid = call.params.text("roleid");
  if (builtInRoles(call.world).includes(roleid))
    throw died(`auto-generated role '${roleid}' cannot be deleted`);
  if (!custom(call)[roleid]) throw died(`delete role failed: role '${roleid}' does not exist`);
  delete custom(call)[roleid];
  call.world.touch();
  return null;
}

export const roleHandlers: Handlers = {
  "GET /access/roles": listed,
  "POST /access/roles": create,
  "GET /access/roles/{roleid}": (call) => granted(call, exists(call)),
  "PUT /access/roles/{roleid}": update,
  "DELETE /access/roles/{roleid}": remove,
};
