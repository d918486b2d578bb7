import { Fault, type ProxmoxRefusal } from "../lib/fault.ts";
import { redactText } from "../lib/redact.ts";
import type { Meaning } from "./classify.ts";
import { forbiddenCode, missingPrivilege, type Missing } from "./privilege.ts";

/** The reason with what is wrong with each parameter: alone it says only that something is. */
function told(reason: string, errors: Readonly<Record<string, string>>): string {
  const each = Object.entries(errors).map(([name, text]) => `${name}: ${text}`);
  return each.length === 0 ? reason : `${reason} (${each.join("; ")})`;
}

/** Proxmox refused a call, or no answer came. `meaning` says what may be done about it. */
export class ProxmoxError extends Error {
  readonly meaning: Meaning;
  readonly refusal: ProxmoxRefusal;
  /** What is wrong with each parameter. */
  readonly errors: Readonly<Record<string, string>>;
  readonly missing: Missing | undefined;
  /** When the call may be tried again, where it was held back without being sent. */
  readonly until: Date | undefined;

  constructor(
    meaning: Meaning,
    refusal: ProxmoxRefusal,
    errors: Readonly<Record<string, string>> = {},
    more: { readonly cause?: unknown; readonly until?: Date } = {},
  ) {
    super(redactText(told(refusal.reason, errors)), { cause: more.cause });
    this.name = "ProxmoxError";
    this.meaning = meaning;
    this.refusal = { ...refusal, reason: redactText(refusal.reason) };
    this.errors = Object.fromEntries(
      Object.entries(errors).map(([name, text]) => [redactText(name), redactText(text)]),
    );
    this.until = more.until;
    this.missing = missingPrivilege(refusal.status, refusal.reason);
  }
}

const lacking = ({ path, anyOf }: Missing) => `the credential lacks ${anyOf.join(" or ")} on ${path}`;

/** What a caller of the API is told about it. */
export function toFault(error: ProxmoxError): Fault {
  const { refusal: proxmox, missing } = error;
  const more = { proxmox, cause: error };
  if (error.meaning === "credentials") {
    const detail = "Proxmox does not accept the credential of this cluster.";
    return new Fault("refused", "proxmox.credentials", detail, more);
  }
  if (proxmox.status === 403) {
    const detail = missing ? `Proxmox: ${lacking(missing)}` : `Proxmox: ${proxmox.reason}`;
    return forbiddenCode(proxmox.reason) === "pool.missing"
      ? new Fault("refused", "pool.missing", detail, more)
      : new Fault("refused", "proxmox.privilege", detail, more);
  }
  if (proxmox.status === 0 || error.meaning === "unsent" || error.meaning === "ambiguous") {
    return new Fault("unreachable", "proxmox.unreachable", `Proxmox did not answer: ${proxmox.reason}`, more);
  }
  return new Fault("refused", "proxmox.refused", `Proxmox refused: ${error.message}`, more);
}

/** For `catch`: the same error, as callers are told of it. */
export function asFault(error: unknown): never {
  throw error instanceof ProxmoxError ? toFault(error) : error;
}

/** For `catch`: undefined where the node does not know the call at all, whatever its version was taken for. */
export function notOfferedHere(error: unknown): undefined {
  if (error instanceof ProxmoxError && error.refusal.status === 501) return undefined;
  throw error;
}
