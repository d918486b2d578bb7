import type { Call, Handlers } from "../call.ts";
import { builtInRoles } from "../role.ts";
import { died, invalid } from "../refusal.ts";
import { sectionOf } from "../section.ts";
import type { Acl } from "../state.ts";

const PATH = /^\/(?:(?:access|mapping|nodes|pool|sdn|storage|vms)(?:\/[\w.\-/]+)?)?$/;
const NOBODY = "either 'users', 'groups' or 'tokens' is required.";

function subjects(call: Call): { type: Acl["type"]; ugid: string }[] {
  const { params } = call;
  const of = (type: Acl["type"], name: string) => params.list(name).map((ugid) => ({ type, ugid }));
  const all = [...of("user", "users"), ...of("group", "groups"), ...of("token", "tokens")];
  if (all.length === 0) throw invalid({ groups: NOBODY, tokens: NOBODY, users: NOBODY });
  return all;
}

function checkSubject(call: Call, { type, ugid }: { type: Acl["type"]; ugid: string }): void {
  const { state } = call.world;
  const [user, token] = ugid.split("!");
  if (type === "user" && !state.users[ugid]) throw died(`ACL update failed: user '${ugid}' does not exist`);
  if (type === "group" && !sectionOf(call.world, "groups")[ugid])
    throw died(`ACL update failed: group '${ugid}' does not exist`);
  if (type === "token" && !state.tokens[ugid])
    throw died(`ACL update failed: no such token '${token}' for user '${user}'`);
}

/** Adds entries, or takes them away; taking away what is gone is fine. */
function update(call: Call): null {
  const { params, world } = call;
  const path = params.text("path").replace(/(.)\/$/, "$1");
  if (!PATH.test(path)) throw invalid({ path: `invalid ACL path '${params.text("path")}'` });
  const who = subjects(call);
  for (const roleid of params.list("roles")) {
    if (!builtInRoles(world).includes(roleid) && !sectionOf(world, "roles")[roleid])
      throw died(`ACL update failed: role '${roleid}' does not exist`);
    for (const { type, ugid } of who) {
      if (!params.flag("delete")) checkSubject(call, { type, ugid });
      world.state.acls = world.state.acls.filter(
        (acl) => acl.path !== path || acl.ugid !== ugid || acl.roleid !== roleid,
      );
      const propagate = !params.has("propagate") || params.flag("propagate");
      if (!params.flag("delete")) world.state.acls.push({ path, type, ugid, roleid, propagate });
    }
  }
  world.touch();
  return null;
}

function list(call: Call) {
  return call.world.state.acls.map(({ propagate, ...acl }) => ({ ...acl, propagate: propagate ? 1 : 0 }));
}

const groupsOf = (call: Call) => sectionOf(call.world, "groups");

const membersOf = (call: Call, group: string) =>
  Object.entries(call.world.state.users)
    .filter(([, user]) => user.attributes?.groups?.split(",").includes(group))
    .map(([userid]) => userid);

function group(call: Call, prefix = ""): string {
  const id = call.params.text("groupid");
  if (!groupsOf(call)[id]) throw died(`${prefix}group '${id}' does not exist`);
  return id;
}

function createGroup(call: Call): null {
  const id = call.params.text("groupid");
  if (groupsOf(call)[id]) throw died(`create group failed: group '${id}' already exists`);
  groupsOf(call)[id] = call.params.without(["groupid"]);
  call.world.touch();
  return null;
}

function removeGroup(call: Call): null {
  delete groupsOf(call)[group(call, "delete group failed: ")];
  call.world.touch();
  return null;
}

/** Access entries and the groups they may name. */
export const aclHandlers: Handlers = {
  "GET /access/acl": list,
  "PUT /access/acl": update,
  "GET /access/groups": (call) =>
    Object.entries(groupsOf(call)).map(([groupid, entry]) => ({ groupid, ...entry })),
  "POST /access/groups": createGroup,
  "GET /access/groups/{groupid}": (call) => {
    const id = group(call);
    return { ...groupsOf(call)[id], members: membersOf(call, id) };
  },
  "DELETE /access/groups/{groupid}": removeGroup,
};
