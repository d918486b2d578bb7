/** One HTTP request as a node's pveproxy would see it. */
export interface SimulatorRequest {
  readonly method: string;
  /** Path and query, percent-encoded, as on the request line. */
  readonly target: string;
  /** Keys in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Text; of a multipart body, one character per byte. */
  readonly body?: string | undefined;
  /** The node that is spoken to; the first one when absent. */
  readonly via?: string | undefined;
}

export interface SimulatorResponse {
  readonly status: number;
  /** The reason phrase: here Proxmox puts its error text. */
  readonly reason: string;
  /** Keys in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Values as they came: repeated keys and JSON arrays are lists. */
export type RawParams = Record<string, string | string[]>;

/** Puts one more value under a key; a second value makes a list. */
function addParam(params: RawParams, key: string, value: string): void {
  const held = params[key];
  if (held === undefined) params[key] = value;
  else if (Array.isArray(held)) held.push(value);
  else params[key] = [held, value];
}

/** A query string or form body; a broken escape stays as it is. */
export function parseForm(text: string): RawParams {
  const params: RawParams = {};
  for (const pair of text.split("&").filter(Boolean)) {
    const cut = pair.indexOf("=");
    const key = cut < 0 ? pair : pair.slice(0, cut);
    addParam(params, decode(key), cut < 0 ? "" : decode(pair.slice(cut + 1)));
  }
  return params;
}

/** Undoes percent-encoding; `+` is a blank; a broken escape is left alone. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
