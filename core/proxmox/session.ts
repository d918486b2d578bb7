import * as z from "zod";
import type { Clock } from "../lib/clock.ts";
import { secretsOf, type Credential } from "./credential.ts";
import type { Carry, Headers } from "./failover.ts";
import { NoAnswer, type WireReply, type WireRequest } from "./transport.ts";

/** A ticket lives for two hours; at half of that it is renewed, with itself for a password. */
const RENEW_MS = 3_600_000;
const LIFETIME_MS = 7_200_000;
const LOGIN_MS = 20_000;

interface Ticket {
  readonly headers: Headers;
  readonly csrf: Headers;
  readonly ticket: string;
  readonly since: number;
}

const Granted = z.object({
  data: z.object({ ticket: z.string(), CSRFPreventionToken: z.string(), NeedTFA: z.unknown().optional() }),
});

/** The answer to a login that did not lead to a ticket. */
class NotLoggedIn extends Error {
  readonly reply: WireReply;

  constructor(reply: WireReply) {
    super("no ticket was given");
    this.reply = reply;
  }
}

/** The headers that let a request through, and the secrets in use now. */
export interface Session {
  headers(method: WireRequest["method"]): Promise<Headers>;
  /** Forgets a ticket that was refused; false when there is nothing to get anew. */
  renew(refused: Headers): boolean;
  secrets(): readonly string[];
}

function granted(reply: WireReply, since: number): Ticket {
  let body: unknown;
  try {
    body = JSON.parse(reply.body);
  } catch {
    throw new NotLoggedIn(reply);
  }
  const { success, data } = Granted.safeParse(body);
  if (!success) throw new NotLoggedIn(reply);
  const { ticket, CSRFPreventionToken: csrf, NeedTFA: second } = data.data;
  if (second === 1 || second === "1" || ticket.startsWith("PVE:!tfa!"))
    throw new NotLoggedIn({
      status: 401,
      reason: "the user needs a second factor; use an API token",
      body: "",
    });
  const headers = { cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}` };
  return { headers, csrf: { csrfpreventiontoken: csrf }, ticket, since };
}

async function login(carry: Carry, user: string, password: string, since: number): Promise<Ticket> {
  const body = new URLSearchParams({ username: user, password }).toString();
  const wire = { method: "POST", target: "/access/ticket", body, timeoutMs: LOGIN_MS } as const;
  const reply = await carry(wire, {});
  if (reply.status !== 200) throw new NotLoggedIn(reply);
  return granted(reply, since);
}

/** One login at a time for all requests that wait for it; the password is used only when no ticket can be renewed. */
function ticketSession(account: { user: string; password: string }, carry: Carry, clock: Clock): Session {
  let held: Ticket | undefined;
  let coming: Promise<Ticket> | undefined;
  const age = () => (held ? clock.now().getTime() - held.since : Infinity);
  const fresh = async (): Promise<Ticket> => {
    const since = clock.now().getTime();
    const { user, password } = account;
    if (!held || age() >= LIFETIME_MS) return login(carry, user, password, since);
    const renewed = await login(carry, user, held.ticket, since).catch(() => undefined);
    return renewed ?? login(carry, user, password, since);
  };
  return {
    async headers(method) {
      if (held === undefined || age() >= RENEW_MS) {
        coming ??= fresh().finally(() => (coming = undefined));
        held = await coming;
      }
      return method === "GET" ? held.headers : { ...held.headers, ...held.csrf };
    },
    renew(refused) {
      if (held?.headers["cookie"] === refused["cookie"]) held = undefined;
      return true;
    },
    secrets: () => [
      ...secretsOf(account),
      ...(held ? [held.ticket, held.csrf["csrfpreventiontoken"] ?? ""] : []),
    ],
  };
}

/** A session for a credential. A token needs no login and cannot be renewed. */
export function sessionOf(credential: Credential, carry: Carry, clock: Clock): Session {
  if ("password" in credential) return ticketSession(credential, carry, clock);
  const { token } = credential;
  return {
    headers: async () => ({ authorization: `PVEAPIToken=${token}` }),
    renew: () => false,
    secrets: () => secretsOf(credential),
  };
}

/** The answer of a login that failed stands for that of the request, which was not sent. */
export function asAnswer(error: unknown): WireReply {
  if (!(error instanceof NotLoggedIn))
    throw error instanceof NoAnswer ? new NoAnswer(`login: ${error.message}`, false) : error;
  if (error.reply.status === 401 || error.reply.status === 400) return { ...error.reply, status: 401 };
  throw new NoAnswer(`login: ${error.reply.status} ${error.reply.reason}`, false);
}
