import { equal } from "node:assert/strict";

/** The forms in which a text is still the same secret: as it is, URL-encoded, in hexadecimal, in base64 at each of its three places. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const shifted = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .slice(shift === 0 ? 0 : 4, -4),
  );
  return [secret, encodeURIComponent(secret), bytes.toString("hex"), ...shifted].filter(
    (form) => form.length >= 12,
  );
}

/** I7: none of these secrets is in any of these texts. */
export function checkLeaks(secrets: readonly string[], texts: Readonly<Record<string, string>>): void {
  for (const form of new Set(secrets.flatMap(formsOf)))
    for (const [where, text] of Object.entries(texts))
      equal(text.includes(form) ? where : "nowhere", "nowhere", "I7: a secret got out");
}
