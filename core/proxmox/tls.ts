import { isIP, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type { Target } from "./transport.ts";

const CONNECT_MS = 10_000;

/** The peer showed another certificate than the pinned ones: someone stands between, or it was renewed. */
export class Mistrusted extends Error {
  override readonly name = "Mistrusted";
}

type Done = (...result: [error: null, socket: Socket] | [error: Error, socket: null]) => void;
/** As undici wants it: opens the connection on which it will write. */
type Connector = (options: { hostname: string; port: string }, done: Done) => void;

const plain = (fingerprint: string) => fingerprint.replaceAll(":", "").toUpperCase();
const hostOf = (url: { hostname: string; port: string }) => `${url.hostname}:${url.port || "443"}`;

/** The pins that hold for a host and port; none means that a certificate authority has to vouch. */
function pinsOf(target: Target): (host: string) => readonly string[] {
  const own = new Map(Object.entries(target.pins ?? {}).map(([url, pins]) => [hostOf(new URL(url)), pins]));
  return (host) => (own.get(host) ?? target.fingerprints).map(plain);
}

/**
 * A resumed session shows no certificate. We never offer one; if the handshake was short all the same it is
 * refused, since what was pinned has not been seen.
 */
function complaint(socket: TLSSocket, pins: readonly string[]): Error | undefined {
  if (pins.length === 0) return undefined;
  const shown = socket.isSessionReused() ? "" : plain(socket.getPeerCertificate().fingerprint256 ?? "");
  if (shown !== "" && pins.includes(shown)) return undefined;
  return new Mistrusted(`the certificate ${shown || "(none)"} is not one of the pinned ones`);
}

/**
 * Opens TLS connections and looks at the certificate before a byte of HTTP is written. With pins alone the
 * chain is not asked: Node skips checkServerIdentity for an untrusted certificate, so the finished handshake is compared by hand.
 */
export function connector(target: Target): Connector {
  const pinsFor = pinsOf(target);
  return (options, done) => {
    const pins = target.insecure ? [] : pinsFor(hostOf(options));
    const host = options.hostname.replace(/^\[|\]$/g, "");
    const socket = connect({
      host,
      port: Number(options.port || 443),
      rejectUnauthorized: !target.insecure && (pins.length === 0 || target.ca !== undefined),
      ...(target.ca === undefined ? {} : { ca: target.ca }),
      ...(isIP(host) ? {} : { servername: host }),
      timeout: CONNECT_MS,
    });
    const fail = (error: Error) => {
      socket.destroy();
      done(error, null);
    };
    socket.once("error", fail);
    socket.once("timeout", () => fail(new Error("the TLS connection was not made in time")));
    socket.once("secureConnect", () => {
      const problem = complaint(socket, pins);
      if (problem) return fail(problem);
      socket.off("error", fail);
      socket.removeAllListeners("timeout");
      socket.setTimeout(0);
      return done(null, socket);
    });
  };
}
