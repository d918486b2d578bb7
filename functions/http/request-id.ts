import { newId } from "../../core/lib/id.ts";
import { redactText } from "../../core/lib/redact.ts";

const FORM = /^[A-Za-z0-9._-]{8,128}$/;

/** The id of a request: a caller's own, but never one that looks like a credential, for it stands in log and audit. */
export const requestIdOf = (given: string | undefined, now: Date): string =>
  given !== undefined && FORM.test(given) && redactText(given) === given ? given : newId("req", now);
