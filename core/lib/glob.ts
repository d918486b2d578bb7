const anyOne = 0x3f; // the character code of `?`

/**
 * Does the whole of `text` fit `pattern`, where `*` is any run of characters and `?` any one (a UTF-16 unit)?
 * Case is ignored unless asked for. No regular expression and no backtracking: the runs between the stars are each
 * searched once, from where the one before ended, so time grows with the text and not with the number of stars. A run
 * that holds `?` costs up to its own length per character of text, so bound the pattern (names allow 255).
 */
export function glob(pattern: string, text: string, options: { caseSensitive?: boolean } = {}): boolean {
  if (options.caseSensitive) return fits(pattern, text);
  return fits(pattern.toLowerCase(), text.toLowerCase());
}

function fits(pattern: string, text: string): boolean {
  const [head = "", ...runs] = pattern.split("*");
  const tail = runs.pop();
  if (tail === undefined) return text.length === head.length && stands(head, text, 0);
  const end = text.length - tail.length;
  if (end < head.length || !stands(head, text, 0) || !stands(tail, text, end)) return false;
  let from = head.length;
  for (const run of runs) {
    const found = find(run, text, from);
    if (found < 0 || found + run.length > end) return false;
    from = found + run.length;
  }
  return true;
}

/** The first place at or after `from` where the run stands, or -1. The earliest is always good enough. */
function find(run: string, text: string, from: number): number {
  if (!run.includes("?")) return text.indexOf(run, from);
  for (let at = from; at + run.length <= text.length; at++) {
    if (stands(run, text, at)) return at;
  }
  return -1;
}

function stands(run: string, text: string, at: number): boolean {
  if (!run.includes("?")) return text.startsWith(run, at);
  for (let index = 0; index < run.length; index++) {
    const wanted = run.charCodeAt(index);
    if (wanted !== anyOne && wanted !== text.charCodeAt(at + index)) return false;
  }
  return true;
}
