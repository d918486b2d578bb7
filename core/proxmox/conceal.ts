/** Shorter ones would turn ordinary words into holes. */
const SHORTEST = 4;

/** The ways in which a text may come back from a server that repeats what it was sent. */
function spellings(secret: string): string[] {
  const form = new URLSearchParams({ s: secret }).toString().slice(2);
  const json = JSON.stringify(secret).slice(1, -1);
  const base64 = Buffer.from(secret).toString("base64").replace(/=+$/, "");
  return [secret, encodeURIComponent(secret), form, json, base64];
}

/** Takes these secrets out of a text, however they are encoded. Longest first, so that no part of one stays. */
export function conceal(text: string, secrets: readonly string[]): string {
  const written = secrets.filter((secret) => secret.length >= SHORTEST).flatMap(spellings);
  const longestFirst = [...new Set(written)].toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((clean, secret) => clean.replaceAll(secret, "[redacted]"), text);
}
