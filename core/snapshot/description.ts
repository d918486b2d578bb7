const EXPIRES = /(?:^|\s)expires=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)(?=\s|$)/;
const MARKER = /(?:^|\s)moxxie=(op_[0-9A-HJKMNP-TV-Z]{26}\/\d+)(?=\s|$)/;
/** The original's form: hours, or days and minutes, counted from the time of the snapshot. */
const TTL = /\(TTL: *(\d{1,6})(m|h|d)\)/;
const TTL_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const isUnit = (text: string | undefined): text is keyof typeof TTL_MS =>
  text !== undefined && text in TTL_MS;

/** The description of a snapshot: the caller's words, then a line by which Moxxie knows it again. */
export function describe(words: string, marker: string, expiresAt: Date | undefined): string {
  const facts = [`moxxie=${marker}`, ...(expiresAt ? [`expires=${expiresAt.toISOString()}`] : [])].join(" ");
  return words === "" ? facts : `${words}\n${facts}`;
}

/** The item that made a snapshot, by its marker in the last line. */
export const markerOf = (description: string | undefined) =>
  MARKER.exec(description?.trimEnd().split("\n").at(-1) ?? "")?.[1];

/** When a snapshot is to go, if ever. `expires=` of the last line wins over `(TTL: 4h)`, which counts from `taken`. */
export function expiryOf(description: string | undefined, taken: Date | undefined): Date | undefined {
  const lines = description?.trimEnd().split("\n") ?? [];
  const stated = EXPIRES.exec(lines.at(-1) ?? "")?.[1];
  // Anybody may write a description: a date that does not exist states nothing.
  if (stated !== undefined && !Number.isNaN(Date.parse(stated))) return new Date(stated);
  const [, count, unit] = TTL.exec(description ?? "") ?? [];
  if (!taken || count === undefined || !isUnit(unit)) return undefined;
  return new Date(taken.getTime() + Number(count) * TTL_MS[unit]);
}
