import { redact } from "../../core/lib/redact.ts";

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** A request's address as it may be told again: as it came, or without the credentials that somebody put into it. */
export function instanceOf(url: string): string {
  // A path that begins with two slashes names no host here.
  const whole = url.startsWith("/") ? `http://localhost${url}` : url;
  const { pathname, searchParams } = new URL(whole, "http://localhost");
  const path = decoded(pathname);
  const clean = { path: String(redact(path)), query: new URLSearchParams() };
  for (const [name, value] of searchParams)
    for (const [told, shown] of Object.entries(Object(redact({ [name]: value }))))
      clean.query.append(told, String(shown));
  if (clean.path === path && clean.query.toString() === searchParams.toString()) return url;
  const query = clean.query.toString();
  return encodeURI(clean.path) + (query === "" ? "" : `?${query}`);
}
