import { Fault } from "../../core/lib/fault.ts";
import { redact, redactText } from "../../core/lib/redact.ts";
import type { Log } from "../../core/lib/log.ts";
import { instanceOf } from "./instance.ts";
import { ProxmoxError, toFault } from "../../core/proxmox/error.ts";

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  412: "Precondition Failed",
  422: "Unprocessable Content",
  423: "Locked",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** An answer before it is put on the wire. */
export interface Outgoing {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly type: string;
}

const INTERNAL = "Something went wrong on our side; the request id finds it in the log.";

interface At {
  readonly requestId: string;
  readonly url: string;
}

function problem(at: At, status: number, code: string, detail: string): Record<string, unknown> {
  const type = `urn:moxxie:error:${code}`;
  return {
    type,
    title: TITLES[status] ?? "Error",
    status,
    detail: redactText(detail),
    instance: instanceOf(at.url),
    code,
    requestId: at.requestId,
  };
}

/** A fault as its answer. */
export function problemOf(fault: Fault, at: At): Outgoing {
  const { status, code, message, retryable } = fault;
  const { proxmox, retryAfterSeconds, allow } = fault.particulars;
  // A credential that was sent as the name of a field would be named as unknown.
  const errors = redact(fault.particulars.errors);
  const body = { ...problem(at, status, code, message), retryable, errors, proxmox };
  const headers = {
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
    ...(allow === undefined ? {} : { allow: allow.join(", ") }),
    ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
  };
  return { status, body, headers, type: "application/problem+json" };
}

/** Only a Fault may be seen by a caller; anything else is a bare 500, with its cause in the log. */
export function toProblem(error: unknown, at: At & { readonly log: Log }): Outgoing {
  const fault = error instanceof ProxmoxError ? toFault(error) : error;
  if (fault instanceof Fault) return problemOf(fault, at);
  at.log.error("internal", { requestId: at.requestId, error });
  const body = { ...problem(at, 500, "internal.error", INTERNAL), retryable: true };
  return { status: 500, body, headers: {}, type: "application/problem+json" };
}
