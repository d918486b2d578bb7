/**
 * How deep lists and objects are nested in a JSON text, told without parsing it: one pass over its characters, which
 * does not grow its own stack as a parser does.
 */
export function depthOf(json: string): number {
  let [depth, most, quoted] = [0, 0, false];
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (quoted && character === "\\") at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === "{" || character === "[")) most = Math.max(most, (depth += 1));
    else if (!quoted && (character === "}" || character === "]")) depth -= 1;
  }
  return most;
}
