const shown = 5;

/** "a", "a and b", "a, b and c"; each word once, and no more than five of them told. */
export function enumerate(words: readonly (string | number)[], joint: "and" | "or"): string {
  const unique = [...new Set(words.map(String))];
  const told = unique.length > shown ? [...unique.slice(0, shown), `${unique.length - shown} more`] : unique;
  const last = told.at(-1) ?? "nothing";
  return told.length > 1 ? `${told.slice(0, -1).join(", ")} ${joint} ${last}` : last;
}
