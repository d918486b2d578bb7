import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { lost, parseBody, refusal } from "./answer.ts";
import { errandOf, heldBack, lessonOf, type Breaker } from "./breaker.ts";
import { ProxmoxError } from "./error.ts";
import { toWire, type Call } from "./request.ts";
import { NoAnswer, tooLate, type Transport, type WireReply, type WireRequest } from "./transport.ts";
import { parseUpid } from "./upid.ts";

export interface ClientPort {
  readonly clock: Clock;
  readonly log: Log;
  readonly breaker?: Breaker;
}

/** What a request goes through to one cluster. `quorate` asks Proxmox; undefined when it may not tell. */
export interface Line extends ClientPort {
  readonly cluster: string;
  readonly transport: Transport;
  readonly quorate: () => Promise<boolean | undefined>;
}

/** No answer that is a task is longer: what is long need not be read twice. */
const LONGEST_UPID = 1000;

/** A read that took longer to fail is not asked again: whoever waits for it would give up before us. */
const SOON_MS = 5000;

/** A read whose answer got lost soon is asked again once; a write never. */
async function exchange({ transport, clock }: Line, call: Call, wire: WireRequest): Promise<WireReply> {
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
function recorder({ cluster, clock, log }: Line, call: Call) {
  const started = clock.now().getTime();
  return (fields: Record<string, unknown>) => {
    const ms = clock.now().getTime() - started;
    const { method, path, at } = call;
    log.info("proxmox", { cluster, method, path, node: at?.["node"], ms, ...fields });
  };
}

/**
 * Whether a write that is let through without quorum may go. It is no probe itself: Proxmox would begin its task, and the
 * task would fail. A token that may not see whether there is quorum has to try.
 */
async function proveQuorum({ breaker, quorate, clock }: Line, call: Call): Promise<void> {
  const since = clock.now();
  const found = await quorate().catch((error: unknown) => {
    if (!(error instanceof ProxmoxError)) throw error;
    return error.refusal.status === 403 ? undefined : false;
  });
  const errand = errandOf(call);
  if (found !== false) return breaker?.learn(errand, { over: ["quorum"], since });
  const open = await breaker?.peek(errand);
  if (open) throw heldBack(call, open);
}

async function admitted(line: Line, call: Call): Promise<void> {
  const admission = await line.breaker?.admit(errandOf(call));
  if (!admission) return;
  if ("held" in admission) throw heldBack(call, admission.held);
  if (admission.probes.includes("quorum")) await proveQuorum(line, call);
}

async function teach({ breaker, clock }: Line, call: Call, since: Date, error?: ProxmoxError): Promise<void> {
  const ms = clock.now().getTime() - since.getTime();
  const lesson = lessonOf(call, error, { since, ms });
  if (lesson) await breaker?.learn(errandOf(call), lesson);
}

/** Sends one call, unless it is held back, and tells the breaker and the log what came of it. */
export async function send(line: Line, call: Call): Promise<WireReply> {
  const wire = toWire(call);
  await admitted(line, call);
  const since = line.clock.now();
  const late = tooLate(wire, since);
  if (late) throw lost(call, late);
  const record = recorder(line, call);
  const reply = await exchange(line, call, wire).catch(async (error: unknown) => {
    record({ status: 0, reason: error instanceof Error ? error.message : "no answer" });
    const known = error instanceof ProxmoxError ? error : undefined;
    if (known?.cause instanceof NoAnswer && known.cause.mistrusted)
      line.log.warn("proxmox certificate", { cluster: line.cluster, reason: known.message });
    if (known) await teach(line, call, since, known);
    throw error;
  });
  const refused = reply.status >= 400 ? refusal(call, reply) : undefined;
  const upid = reply.body.length > LONGEST_UPID ? undefined : parseUpid(parseBody(reply.body)?.data)?.text;
  record({
    status: reply.status,
    ...(refused ? { reason: refused.message } : {}),
    ...(upid ? { upid } : {}),
  });
  await teach(line, call, since, refused);
  if (refused) throw refused;
  return reply;
}
