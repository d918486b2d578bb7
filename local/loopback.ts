import type { IncomingMessage } from "node:http";

/** Why a server on loopback leaves a request alone. */
export type Trespass = "host" | "origin";

const NAMES = ["127.0.0.1", "localhost", "[::1]"];
/** Ports that a URL, and so the Host header, leaves out. */
const UNSAID = new Set([80, 443]);

function hostsOf(port: number | undefined): string[] {
  const said = NAMES.map((name) => `${name}:${port}`);
  return port !== undefined && UNSAID.has(port) ? [...said, ...NAMES] : said;
}

/** A page that was opened, or that asks for more of its own site; a link from elsewhere may open one too. */
function isOwnPage({ method, headers }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"];
  if (headers.origin !== undefined) return headers.origin === `http://${headers.host}`;
  if (site === undefined || site === "same-origin" || site === "none") return true;
  return method === "GET" && headers["sec-fetch-mode"] === "navigate";
}

/**
 * Why a request to this loopback port is not answered; undefined for one that may come in. Any web page may send
 * requests to 127.0.0.1: browsers then say its Origin or site, or, where its name was made to mean 127.0.0.1, its Host.
 * `pages` says that this port serves pages of its own.
 */
export function trespass(message: IncomingMessage, { pages = false } = {}): Trespass | undefined {
  const { host = "", origin, "sec-fetch-site": site } = message.headers;
  if (!hostsOf(message.socket.localPort).includes(host.toLowerCase())) return "host";
  const own = pages ? isOwnPage(message) : origin === undefined && site === undefined;
  return own ? undefined : "origin";
}
