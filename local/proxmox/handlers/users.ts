import type { Call, Handlers } from "../call.ts";
import { died } from "../refusal.ts";
import { sectionOf } from "../section.ts";
import type { State } from "../state.ts";

type User = State["users"][string];

const NOT_ATTRIBUTES = ["userid", "password", "append", "delete"];

function known(call: Call): User {
  const userid = call.params.text("userid");
  const user = call.world.state.users[userid];
  if (!user) throw died(`no such user ('${userid}')`);
  return user;
}

const tokensOf = (call: Call, userid: string) =>
  Object.keys(call.world.state.tokens).filter((id) => id.startsWith(`${userid}!`));

const shown = ({ attributes = {} }: User) => {
  const { enable = "1", expire = "0", groups: _, ...rest } = attributes;
  return { ...rest, enable: Number(enable), expire: Number(expire) };
};

function list(call: Call) {
  return Object.entries(call.world.state.users).map(([userid, user]) => {
    const full = call.params.flag("full") ? { groups: user.attributes?.groups ?? "", tokens: null } : {};
    return { ...shown(user), userid, "realm-type": userid.split("@")[1] ?? "", ...full };
  });
}

function read(call: Call) {
  const user = known(call);
  const groups = (user.attributes?.groups ?? "").split(",").filter(Boolean);
  const tokens = tokensOf(call, call.params.text("userid"));
  return {
    ...shown(user),
    groups,
    tokens: tokens.length > 0 ? Object.fromEntries(tokens.map((id) => [id, {}])) : null,
  };
}

function create(call: Call): null {
  const { params, world } = call;
  const userid = params.text("userid");
  if (!/^[^\s:/]+@[\w.-]+$/.test(userid))
    throw died(`value '${userid}' does not look like a valid user name`);
  if (world.state.users[userid]) throw died(`create user failed: user '${userid}' already exists`);
  const group = params.list("groups").find((name) => !sectionOf(world, "groups")[name]);
  if (group) throw died(`create user failed: no such group '${group}'`);
  const password = params.optional("password");
  world.state.users[userid] = { ...(password && { password }), attributes: params.without(NOT_ATTRIBUTES) };
  world.touch();
  return null;
}

function update(call: Call): null {
  const user = known(call);
  user.attributes = { ...user.attributes, ...call.params.without(NOT_ATTRIBUTES) };
  call.world.touch();
  return null;
}

function remove(call: Call): null {
  const userid = call.params.text("userid");
  known(call);
  delete call.world.state.users[userid];
  for (const id of tokensOf(call, userid)) delete call.world.state.tokens[id];
  call.world.state.acls = call.world.state.acls.filter(
    ({ ugid }) => ugid !== userid && !ugid.startsWith(`${userid}!`),
  );
  call.world.touch();
  return null;
}

function password(call: Call): null {
  const user = known(call);
  user.password = call.params.text("password");
  call.world.touch();
  return null;
}

export const userHandlers: Handlers = {
  "GET /access/users": list,
  "POST /access/users": create,
  "GET /access/users/{userid}": read,
  "PUT /access/users/{userid}": update,
  "DELETE /access/users/{userid}": remove,
  "PUT /access/password": password,
  "GET /access/tfa": () => [],
};
