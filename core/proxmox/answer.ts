import * as z from "zod";
import { classify } from "./classify.ts";
import { ProxmoxError } from "./error.ts";
import type { Call } from "./request.ts";
import { NoAnswer, type WireReply } from "./transport.ts";

const Reply = z.object({
  data: z.unknown(),
  errors: z.record(z.string(), z.unknown()).optional(),
  message: z.string().optional(),
});

/** Undefined for what is no JSON object: error bodies may be empty or plain text. */
export function parseBody(body: string): z.infer<typeof Reply> | undefined {
  try {
    return Reply.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

/** Older versions say what went wrong only in the reason phrase, newer ones in `message` too. */
export function refusal(call: Call, reply: WireReply): ProxmoxError {
  const body = parseBody(reply.body);
  const reason = reply.reason.trim() || body?.message?.trim() || `status ${reply.status}`;
  const errors = Object.fromEntries(
    Object.entries(body?.errors ?? {}).map(([name, text]) => [name, String(text).trim()]),
  );
  const node = call.at?.["node"];
  const details = {
    path: call.path,
    status: reply.status,
    reason,
    ...(node === undefined ? {} : { node: String(node) }),
  };
  return new ProxmoxError(classify(reply.status, `${reason} ${body?.message ?? ""}`), details, errors);
}

/** No answer came: the call may have been carried out unless it was never sent. */
export function lost(call: Call, error: unknown): ProxmoxError {
  const sent = error instanceof NoAnswer ? error.sent : true;
  const reason = error instanceof Error ? error.message : "no answer";
  const node = call.at?.["node"];
  const details = {
    path: call.path,
    status: 0,
    reason,
    ...(node === undefined ? {} : { node: String(node) }),
  };
  return new ProxmoxError(sent ? "ambiguous" : "unsent", details, {}, error);
}
