import type { Call, Handlers } from "../call.ts";
import { privilegesOn } from "../privilege.ts";
import { privilegesOf } from "../role.ts";
import { isEnabled, signature, type Identity } from "../auth.ts";
import { requirePrivilege } from "../permission.ts";
import { Refusal } from "../refusal.ts";
import { makeTicket, ticketUser } from "../ticket.ts";

/** Paths that Proxmox lists even when nothing is granted on them in particular. */
const TOP = ["/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms"];

/** Privileges by path; the value is the propagate flag. */
function permissions(call: Call) {
  const userid = call.params.optional("userid");
  const own = userid === undefined || userid === signature(call.who) || userid === call.who.user;
  if (!own) requirePrivilege(call, "/access", ["Sys.Audit"]);
  const who: Identity =
    userid === undefined
      ? call.who
      : { user: userid.split("!")[0] ?? "", ...(userid.includes("!") && { token: userid }) };
  const asked = call.params.optional("path");
  const pooled = Object.values(call.world.state.pools).flatMap(({ vms }) =>
    vms.map((vmid) => `/vms/${vmid}`),
  );
  const granted = call.world.state.acls.map(({ path }) => path);
  const paths = asked ? [asked] : [...new Set([...TOP, ...granted, ...pooled])];
  const rows = paths.map((path) => [path, Object.fromEntries(privilegesOn(call.world, who, path))] as const);
  return Object.fromEntries(rows.filter(([path, held]) => asked === path || Object.keys(held).length > 0));
}

const AREAS: Readonly<Record<string, RegExp>> = {
  access: /^(Group|Permissions|User)\./,
  dc: /^(SDN\.|Sys\.(Audit|Modify)$)/,
  mapping: /^(Mapping\.|Permissions)/,
  nodes: /^(Permissions|Sys)\./,
  sdn: /^(Permissions|SDN)\./,
  storage: /^(Datastore|Permissions)\./,
  vms: /^(Permissions|VM)\./,
};

function capabilities(call: Call) {
  const names = privilegesOf(call.world);
  const of = (area: RegExp) =>
    Object.fromEntries(names.filter((name) => area.test(name)).map((name) => [name, 1]));
  return Object.fromEntries(Object.entries(AREAS).map(([area, pattern]) => [area, of(pattern)]));
}

/** A login: a ticket for a password, or a new ticket for an old one. */
function login(call: Call) {
  const { world, params } = call;
  const name = params.text("username");
  const user = name.includes("@") ? name : `${name}@${params.text("realm")}`;
  const password = params.text("password");
  const known = world.state.users[user];
  const right = known?.password !== undefined && known.password === password;
  if (!known || !isEnabled(world, user) || (!right && ticketUser(world, password) !== user))
    throw new Refusal(401, "authentication failure");
  return {
    username: user,
    ticket: makeTicket(world, user),
    CSRFPreventionToken: makeTicket(world, user, "CSRF"),
    ...(Object.keys(world.state.nodes).length > 1 && { clustername: world.state.cluster }),
    cap: capabilities(call),
  };
}

const domains = () => [
  { realm: "pam", type: "pam", comment: "Linux PAM standard authentication" },
  { realm: "pve", type: "pve", comment: "Proxmox VE authentication server" },
];

export const accessHandlers: Handlers = {
  "GET /access/permissions": permissions,
  "GET /access/domains": domains,
  "GET /access/ticket": () => null,
  "POST /access/ticket": login,
};
