const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/g;

/** An object or a list that is open at some place of a text. */
interface Open {
  /** The names so far, in an object; `undefined` in a list. */
  readonly names: Set<string> | undefined;
  /** The name that stands next to be read, or the index of an element. */
  at: string | number;
  /** Whether the next text is a name and no value. */
  naming: boolean;
}

const opened = (token: string): Open =>
  token === "{" ? { names: new Set(), at: "", naming: true } : { names: undefined, at: 0, naming: false };

const nameOf = (token: string): string => String(JSON.parse(token));

/** The next value begins: of an object its name comes first. */
function step(open: Open | undefined): void {
  if (open?.names) open.naming = true;
  else if (open) open.at = Number(open.at) + 1;
}

/** The names from the outermost in, as a JSON pointer (RFC 6901). */
const pointerOf = (path: readonly Open[]) =>
  path.map(({ at }) => `/${String(at).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/**
 * The pointer to the first name that an object of this text has twice; JSON.parse takes the last one and says nothing.
 * Only for a text that JSON.parse takes. It reads the text once.
 */
export function repeatedName(text: string): string | undefined {
  const path: Open[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const open = path.at(-1);
    if (token === "{" || token === "[") path.push(opened(token));
    else if (token === "}" || token === "]") path.pop();
    else if (token === ",") step(open);
    else if (open?.naming) {
      open.at = nameOf(token);
      open.naming = false;
      if (open.names?.has(open.at)) return pointerOf(path);
      open.names?.add(open.at);
    }
  }
  return undefined;
}
