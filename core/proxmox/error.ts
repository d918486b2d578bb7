import { Fault, type ProxmoxRefusal } from "../lib/fault.ts";
import { redactText } from "../lib/redact.ts";
import type { Meaning } from "./classify.ts";

/** Proxmox refused a call, or no answer came. `meaning` says what may be done about it. */
export class ProxmoxError extends Error {
  readonly meaning: Meaning;
  readonly refusal: ProxmoxRefusal;
  readonly errors: Readonly<Record<string, string>>;

  constructor(
    meaning: Meaning,
    refusal: ProxmoxRefusal,
    errors: Readonly<Record<string, string>> = {},
    cause?: unknown,
  ) {
    super(redactText(refusal.reason), { cause });
    this.name = "ProxmoxError";
    this.meaning = meaning;
    this.refusal = { ...refusal, reason: redactText(refusal.reason) };
    this.errors = errors;
  }
}

/** What a caller of the API is told about it. */
export function toFault(error: ProxmoxError): Fault {
  const proxmox = error.refusal;
  const more = { proxmox, cause: error };
  if (error.meaning === "credentials") {
    return new Fault(
      "refused",
      "proxmox.credentials",
      "Proxmox does not accept the credential of this cluster.",
      more,
    );
  }
  if (proxmox.status === 403)
    return new Fault("refused", "proxmox.privilege", `Proxmox: ${proxmox.reason}`, more);
  if (proxmox.status === 0 || error.meaning === "unsent" || error.meaning === "ambiguous") {
    return new Fault("unreachable", "proxmox.unreachable", `Proxmox did not answer: ${proxmox.reason}`, more);
  }
  return new Fault("refused", "proxmox.refused", `Proxmox refused: ${proxmox.reason}`, more);
}
