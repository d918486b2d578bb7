import { withinBytes, type Warning } from "../lib/page.ts";

/** What a list beside the page of guests may take of an answer, which holds 6 MB, in bytes. */
const MOST_BYTES = 400_000;

/** As much of a list as an answer has room for, from the first on, and a warning where that is not all of it. Pure. */
export function fitted<T>(name: string, all: readonly T[]): { shown: T[]; cut: Warning[] } {
  const shown = all.slice(0, withinBytes(all, MOST_BYTES));
  if (shown.length === all.length) return { shown, cut: [] };
  const detail = `${name}: the first ${shown.length} of ${all.length} are shown, since an answer holds no more`;
  return { shown, cut: [{ code: "answer.cut", detail }] };
}
