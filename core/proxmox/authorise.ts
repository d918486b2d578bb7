import type { Clock } from "../lib/clock.ts";
import { conceal } from "./conceal.ts";
import type { Credential } from "./credential.ts";
import type { Carry, Headers } from "./failover.ts";
import { asAnswer, sessionOf, type Session } from "./session.ts";
import { NoAnswer, type Transport, type WireReply, type WireRequest } from "./transport.ts";

const SHORTEST_IN_DATA = 8;

/** An answer that repeats our own secret would carry it into errors and logs. */
function clean(reply: WireReply, secrets: readonly string[]): WireReply {
  const hidden = reply.status < 400 ? secrets.filter((one) => one.length >= SHORTEST_IN_DATA) : secrets;
  return { status: reply.status, reason: conceal(reply.reason, secrets), body: conceal(reply.body, hidden) };
}

/** The cause is left behind: nobody knows what a library puts into it. */
function lost(error: unknown, secrets: readonly string[]): NoAnswer {
  if (!(error instanceof NoAnswer)) return new NoAnswer("the request could not be made", true);
  return new NoAnswer(conceal(error.message, secrets), error.sent, undefined, error.mistrusted);
}

const attempt = async (session: Session, carry: Carry, wire: WireRequest) => {
  const headers: Headers | WireReply = await session.headers(wire.method).catch(asAnswer);
  if (isReply(headers)) return { reply: headers, again: false };
  const reply = await carry(wire, headers);
  return { reply, again: reply.status === 401 && session.renew(headers) };
};

const isReply = (value: Headers | WireReply): value is WireReply => typeof value["status"] === "number";

/** Puts the credential on every request. A ticket that is refused is got anew once: a 401 was not carried out. */
export function authorised(credential: Credential, carry: Carry, clock: Clock): Transport {
  const session = sessionOf(credential, carry, clock);
  return async (wire) => {
    try {
      const first = await attempt(session, carry, wire);
      const { reply } = first.again ? await attempt(session, carry, wire) : first;
      return clean(reply, session.secrets());
    } catch (error) {
      throw lost(error, session.secrets());
    }
  };
}
