import * as z from "zod";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { decode, lost, parseBody, refusal, refusalOf } from "./answer.ts";
import { heldBack, effectOf, teach, type Breaker } from "./breaker.ts";
import type { Endpoint } from "./endpoints.ts";
import { ProxmoxError } from "./error.ts";
import { isGated, unavailable } from "./gate.ts";
import { toWire, type Call } from "./request.ts";
import { NoAnswer, type Transport, type WireReply, type WireRequest } from "./transport.ts";
import { parseUpid } from "./upid.ts";

/** One cluster, as its own API sees it. */
export interface Proxmox {
  readonly cluster: string;
  /**
   * The decoded `data` of the answer, or a ProxmoxError. A GET whose answer got lost is asked again once. What
   * this version of Proxmox cannot do is refused before it is sent.
   */
  call<T>(call: Call, data: z.ZodType<T>): Promise<T>;
  /** Whether the version of the cluster has this call, with these parameters. */
  offers(endpoint: Endpoint, params?: readonly string[]): Promise<boolean>;
}

export interface ClientPort {
  readonly clock: Clock;
  readonly log: Log;
  readonly breaker?: Breaker;
}

const VERSION: Call = { method: "GET", path: "/version" };
const Version = z.object({ version: z.string() });
/** A cluster is upgraded node by node, and connections outlive that: its version is asked for again after this time. */
const VERSION_MS = 600_000;
const versions = new WeakMap<Transport, { at: number; version: Promise<string> }>();

/** A read that took longer to fail is not asked again: whoever waits for it would give up before us. */
const SOON_MS = 5000;

/** A read whose answer got lost soon is asked again once; a write never. */
async function exchange(
  transport: Transport,
  call: Call,
  wire: WireRequest,
  clock: Clock,
): Promise<WireReply> {
  const started = clock.now().getTime();
  try {
    return await transport(wire);
  } catch (error) {
    const soon = clock.now().getTime() - started < SOON_MS;
    if (wire.method !== "GET" || !(error instanceof NoAnswer) || !error.sent || !soon)
      throw lost(call, error);
    return transport(wire).catch((again: unknown) => Promise.reject(lost(call, again)));
  }
}

/** One line of the log for each call: its template, never its values. */
function recorder(cluster: string, call: Call, port: ClientPort) {
  const started = port.clock.now().getTime();
  return (fields: Record<string, unknown>) => {
    const ms = port.clock.now().getTime() - started;
    const { method, path, at } = call;
    port.log.info("proxmox", { cluster, method, path, node: at?.["node"], ms, ...fields });
  };
}

async function send(cluster: string, transport: Transport, port: ClientPort, call: Call): Promise<WireReply> {
  const wire = toWire(call);
  const open = await port.breaker?.admit(effectOf(call));
  if (open) throw heldBack(call, open);
  const record = recorder(cluster, call, port);
  const reply = await exchange(transport, call, wire, port.clock).catch((error: unknown) => {
    record({ status: 0, reason: error instanceof Error ? error.message : "no answer" });
    const cause = error instanceof ProxmoxError ? error.cause : undefined;
    if (cause instanceof NoAnswer && cause.mistrusted)
      port.log.warn("proxmox certificate", { cluster, reason: cause.message });
    throw error;
  });
  const refused = reply.status >= 400 ? refusal(call, reply) : undefined;
  const upid = parseUpid(parseBody(reply.body)?.data)?.text;
  record({
    status: reply.status,
    ...(refused ? { reason: refused.message } : {}),
    ...(upid ? { upid } : {}),
  });
  if (port.breaker) await teach(port.breaker, call, refused);
  if (refused) throw refused;
  return reply;
}

/** Speaks to one cluster through `transport`, and logs each call by its template. */
export function proxmoxClient(cluster: string, transport: Transport, port: ClientPort): Proxmox {
  const version = async () => {
    const now = port.clock.now().getTime();
    const known = versions.get(transport);
    if (known && now - known.at < VERSION_MS) return known.version;
    const asked = send(cluster, transport, port, VERSION).then(
      (reply) => decode(VERSION, reply, Version).version,
    );
    versions.set(transport, { at: now, version: asked });
    asked.catch(() => versions.delete(transport));
    return asked;
  };
  return {
    cluster,
    async call(call, data) {
      const endpoint = `${call.method} ${call.path}`;
      const sent = Object.entries(call.params ?? {}).filter(([, value]) => value !== undefined);
      const names = [...sent.map(([name]) => name), ...Object.keys(call.upload?.fields ?? {})];
      if (isGated(endpoint, names)) {
        const reason = unavailable(await version(), endpoint, names);
        if (reason) throw new ProxmoxError("permanent", refusalOf(call, 501, reason));
      }
      return decode(call, await send(cluster, transport, port, call), data);
    },
    offers: async (endpoint, params = []) =>
      !isGated(endpoint, params) || unavailable(await version(), endpoint, params) === undefined,
  };
}
