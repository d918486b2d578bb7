const NAMES =
  /^(?:authorization|x-api-key|cookie|csrfpreventiontoken|password|passwd|token|secret|apikey|ticket|pepper|sshkeys|cipassword)$/i;
const TEXTS: readonly RegExp[] = [
  /PVEAPIToken=[^\s"',;]+/g,
  /PVEAuthCookie=[^\s"',;]+/g,
  /PVE:[^\s:"']+@[a-z0-9-]+:[0-9A-F]{8}::[A-Za-z0-9+/=]+/g,
  /mox_[A-Za-z0-9_-]{8,}/g,
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
      name,
      NAMES.test(name) && entry !== undefined ? "[redacted]" : redact(entry),
    ]),
  );
}
