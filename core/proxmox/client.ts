import type * as z from "zod";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { lost, parseBody, refusal } from "./answer.ts";
import { ProxmoxError } from "./error.ts";
import { toWire, type Call } from "./request.ts";
import { NoAnswer, type Transport, type WireReply, type WireRequest } from "./transport.ts";
import { parseUpid } from "./upid.ts";

/** One cluster, as its own API sees it. */
export interface Proxmox {
  readonly cluster: string;
  /** The decoded `data` of the answer, or a ProxmoxError. A GET whose answer got lost is asked again once. */
  call<T>(call: Call, data: z.ZodType<T>): Promise<T>;
}

/** A read whose answer got lost is asked again once; a write never. */
async function exchange(transport: Transport, call: Call, wire: WireRequest): Promise<WireReply> {
  try {
    return await transport(wire);
  } catch (error) {
    if (wire.method !== "GET" || !(error instanceof NoAnswer) || !error.sent) throw lost(call, error);
    return transport(wire).catch((again: unknown) => Promise.reject(lost(call, again)));
  }
}

function decode<T>(call: Call, reply: WireReply, data: z.ZodType<T>): T {
  const parsed = data.safeParse(parseBody(reply.body)?.data);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
  const reason = `an answer that cannot be read (${where || "data"})`;
  throw new ProxmoxError("ambiguous", { path: call.path, status: reply.status, reason });
}

/** Speaks to one cluster through `transport`, and logs each call by its template. */
export function proxmoxClient(
  cluster: string,
  transport: Transport,
  port: { clock: Clock; log: Log },
): Proxmox {
  return {
    cluster,
    async call(call, data) {
      const started = port.clock.now().getTime();
      const record = (fields: Record<string, unknown>) => {
        const ms = port.clock.now().getTime() - started;
        const { method, path, at } = call;
        port.log.info("proxmox", { cluster, method, path, node: at?.["node"], ms, ...fields });
      };
      const reply = await exchange(transport, call, toWire(call)).catch((error: unknown) => {
        record({ status: 0, reason: error instanceof Error ? error.message : "no answer" });
        throw error;
      });
      const refused = reply.status >= 400;
      const upid = parseUpid(parseBody(reply.body)?.data)?.text;
      record({
        status: reply.status,
        ...(refused ? { reason: reply.reason } : {}),
        ...(upid ? { upid } : {}),
      });
      if (refused) throw refusal(call, reply);
      return decode(call, reply, data);
    },
  };
}
