import * as z from "zod";

/** How we prove who we are: an API token `user@realm!id=secret`, or a user with a password, for a ticket. */
export type Credential = { readonly token: string } | { readonly user: string; readonly password: string };

/** What would end a header, or a line. */
const Line = z.string().regex(/^\P{Cc}+$/u);
const Token = Line.regex(/^[^\s:/]+@[A-Za-z][\w.-]*![^\s=]+=\S+$/);
const Written = z.union([
  z.object({ token: Token }),
  z.object({ user: Line.regex(/^\S+@[^\s@]+$/), password: z.string().regex(/^\P{Cc}+$/u) }),
]);

const NEITHER =
  'a credential is written user@realm!id=secret, or as JSON: {"token": …} or {"user": "root@pam", "password": …}';

/** Reads what the secret store keeps. The error never repeats it. */
export function parseCredential(secret: string): Credential {
  const text = secret.trim();
  if (!text.startsWith("{")) {
    if (Token.safeParse(text).success) return { token: text };
    throw new Error(NEITHER);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(NEITHER);
  }
  const parsed = Written.safeParse(json);
  if (!parsed.success) throw new Error(NEITHER);
  return parsed.data;
}

/** The parts of a credential that nobody may see. */
export function secretsOf(credential: Credential): readonly string[] {
  if ("password" in credential) return [credential.password];
  return [credential.token, credential.token.slice(credential.token.indexOf("=") + 1)];
}
