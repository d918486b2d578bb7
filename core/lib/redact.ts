const NAMES =
  /^(?:authorization|x-api-key|cookie|csrfpreventiontoken|token|apikey|pepper|sshkeys|viewerfile|.*(?:password|passwd|secret|ticket))$/i;
/** How text may be written so that a credential in it is still the same credential: as it is, or URL-encoded. */
const COLON = "(?::|%3A)";
const AT = "(?:@|%40)";
const TEXTS: readonly RegExp[] = [
  /PVE(?:APIToken|AuthCookie)(?:=|%3D)[^\s"',;&]+/gi,
  // From 9.2 on the password of VNC, of eight characters, stands before its ticket.
  new RegExp(
    `(?:[!-~]{8}${COLON})?PVE[A-Z]*${COLON}(?:[^\\s:"'%]+${AT}[A-Za-z][\\w.-]*${COLON})?[0-9A-F]{8}${COLON}${COLON}(?:[A-Za-z0-9+/=]|%2B|%2F|%3D)+`,
    "gi",
  ),
  // What a viewer shows a SPICE proxy in place of a host.
  new RegExp(`pvespiceproxy${COLON}[^\\s"']*?${COLON}${COLON}[0-9a-f]+`, "gi"),
  /mox_[A-Za-z0-9_-]{8,}/g,
  // "PVEAPIToken=" in base64, at each of the three places where it may begin within a group of four.
  /[A-Za-z0-9+/_-]*(?:UFZFQVBJVG9rZW49|BWRUFQSVRva2Vu|QVkVBUElUb2tlb)[A-Za-z0-9+/_=-]*/g,
];

/** Takes every credential out of a text, whatever it is a part of. */
export const redactText = (text: string) =>
  TEXTS.reduce((clean, pattern) => clean.replace(pattern, "[redacted]"), text);

/** A copy of a value without credentials: by the name of a field and by the form of a text. */
export function redact(value: unknown): unknown {
  if (typeof value === "string") return redactText(value);
  if (Array.isArray(value)) return value.map(redact);
  if (value instanceof Error)
    return { name: value.name, message: redactText(value.message), stack: redactText(value.stack ?? "") };
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [
      redactText(name),
      NAMES.test(name) && entry !== undefined ? "[redacted]" : redact(entry),
    ]),
  );
}
