import * as z from "zod";
import type { ProxmoxRefusal } from "../lib/fault.ts";
import { isParsable } from "./bounds.ts";
import { classify } from "./classify.ts";
import { conceal } from "./conceal.ts";
import { ProxmoxError } from "./error.ts";
import type { Call } from "./request.ts";
import { NoAnswer, type WireReply } from "./transport.ts";
import { parseUpid } from "./upid.ts";

const Reply = z.object({
  data: z.unknown(),
  errors: z.record(z.string(), z.unknown()).optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

/** Undefined for what is no JSON object, or too much of one: error bodies may be empty or plain text. */
export function parseBody(body: string): z.infer<typeof Reply> | undefined {
  if (!isParsable(body)) return undefined;
  try {
    return Reply.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

/** What is told of a call that went wrong: its node and its task, where it has them. */
export function refusalOf(call: Call, status: number, reason: string, data?: unknown): ProxmoxRefusal {
  const node = call.at?.["node"];
  const upid = parseUpid(data)?.text ?? parseUpid(call.at?.["upid"])?.text;
  return {
    path: call.path,
    status,
    reason,
    ...(node === undefined ? {} : { node: String(node) }),
    ...(upid === undefined ? {} : { upid }),
  };
}

/** Parameters that are secrets of a guest; Proxmox repeats what it does not like. */
const SECRETS = ["cipassword", "sshkeys", "password", "ssh-public-keys"];

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** A function that takes the secrets of a call out of what is said about it. */
function discreet(call: Call): (text: string) => string {
  const values = SECRETS.flatMap((name) => call.params?.[name] ?? []).map(String);
  const lines = values.flatMap((value) => [value, ...value.split(/%0A|\n/i)]);
  const secrets = [...new Set([...lines, ...lines.map(decoded)])];
  return secrets.length === 0 ? (text) => text : (text) => conceal(text, secrets);
}

/** Older versions say what went wrong only in the reason phrase, newer ones in `message` too. */
export function refusal(call: Call, reply: WireReply): ProxmoxError {
  const body = parseBody(reply.body);
  const tell = discreet(call);
  const reason = tell(reply.reason.trim() || body?.message?.trim() || `status ${reply.status}`);
  const errors = Object.fromEntries(
    Object.entries(body?.errors ?? {}).map(([name, text]) => [name, tell(String(text).trim())]),
  );
  const meaning = classify(reply.status, `${reason}\n${body?.message?.trim() ?? ""}`.trim());
  return new ProxmoxError(meaning, refusalOf(call, reply.status, reason, body?.data), errors);
}

/** No answer came: the call may have been carried out unless it was never sent. */
export function lost(call: Call, error: unknown): ProxmoxError {
  const sent = error instanceof NoAnswer ? error.sent : true;
  const reason = error instanceof Error ? error.message : "no answer";
  return new ProxmoxError(sent ? "ambiguous" : "unsent", refusalOf(call, 0, reason), {}, { cause: error });
}

/** The data of an answer, or an error: what cannot be read may have happened all the same. */
export function decode<T>(call: Call, reply: WireReply, data: z.ZodType<T>): T {
  const body = parseBody(reply.body)?.data;
  const parsed = data.safeParse(body);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map((issue) => issue.path.join(".")).slice(0, 5);
  const reason = `an answer that cannot be read (${where.join(", ") || "data"})`;
  throw new ProxmoxError("ambiguous", refusalOf(call, reply.status, reason, body));
}
