import { Refusal } from "./refusal.ts";
import { decode, type SimulatorRequest } from "./request.ts";
import { ticketUser } from "./ticket.ts";
import { seconds, type World } from "./world.ts";

/** Who asks. */
export interface Identity {
  /** `root@pam`, without the token. */
  readonly user: string;
  /** `user@realm!id` when a token was used. */
  readonly token?: string | undefined;
}

/** What Proxmox writes into UPIDs. */
export const signature = (identity: Identity) => identity.token ?? identity.user;

/** The only paths that answer without authentication. */
const OPEN = new Set([
  "GET /access/domains",
  "GET /access/ticket",
  "POST /access/ticket",
  "POST /access/vncticket",
  "GET /access/openid",
  "POST /access/openid/auth-url",
  "POST /access/openid/login",
]);

/** False for users that are switched off or whose time is over. */
export function isEnabled(world: World, user: string): boolean {
  const { enable = "1", expire = "0" } = world.state.users[user]?.attributes ?? {};
  return enable !== "0" && (Number(expire) === 0 || Number(expire) > seconds(world));
}

function tokenIdentity(world: World, text: string): Identity {
  const [, token = "", user = "", secret = ""] = /^(([^!\s]+@[^!\s]+)![^=\s]+)=(.+)$/.exec(text) ?? [];
  const known = isEnabled(world, user) ? world.state.tokens[token] : undefined;
  const expired = known && known.expire > 0 && known.expire < seconds(world);
  if (!known || expired || known.secret !== secret) throw new Refusal(401, "Authentication failed!");
  return { user, token };
}

function cookieIdentity(world: World, request: SimulatorRequest, ticket: string): Identity {
  const user = ticketUser(world, ticket);
  if (!user || !isEnabled(world, user)) throw new Refusal(401, "Authentication failed!");
  if (
    request.method !== "GET" &&
    ticketUser(world, request.headers.csrfpreventiontoken ?? "", "CSRF") !== user
  )
    throw new Refusal(401, "Permission denied - invalid csrf token");
  return { user };
}

/** Who sent the request; nobody on the few open paths; otherwise the 401 that Proxmox answers. */
export function authenticate(world: World, request: SimulatorRequest, path: string): Identity | undefined {
  const header = request.headers.authorization ?? "";
  const token = /^PVEAPIToken[= ](.*)$/.exec(header)?.[1];
  if (token !== undefined) return tokenIdentity(world, token);
  const cookie = /(?:^|;\s*)PVEAuthCookie=([^;]*)/.exec(request.headers.cookie ?? "")?.[1];
  const ticket = cookie ?? /^PVEAuthCookie[= ](.*)$/.exec(header)?.[1];
  if (ticket) return cookieIdentity(world, request, decode(ticket.replaceAll("+", "%2B")));
  if (OPEN.has(`${request.method} ${path}`)) return undefined;
  throw new Refusal(401, "No ticket");
}
