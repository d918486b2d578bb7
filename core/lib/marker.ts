const LINE = /^moxxie=(op_[0-9A-HJKMNP-TV-Z]{26}\/\d+)\s*$/;

const lines = (notes: string | undefined) => (notes ?? "").trimEnd().split("\n");

/** The notes of a guest: words, then a line that tells the item which made it. */
export const marked = (words: string, holder: string) =>
  `${words === "" ? "" : `${words}\n`}moxxie=${holder}`;

/** The item that made a guest, by the last line of its notes. */
export const makerOf = (notes: string | undefined) => LINE.exec(lines(notes).at(-1) ?? "")?.[1];

/** The notes without any such line, wherever people have put words around it: those of a copy may hold its source's too. */
export const unmarked = (notes: string | undefined) =>
  lines(notes)
    .filter((line) => !LINE.test(line))
    .join("\n")
    .trimEnd();

/** Whether words of a caller hold no such line: it would be hidden, and at their end believed. */
export const isUnmarked = (words: string) => unmarked(words) === words.trimEnd();
export const MARKED = "must not hold a line by which Moxxie knows what it made";
