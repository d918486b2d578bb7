import * as z from "zod";
import { Fault } from "./fault.ts";

/** What a list takes: `limit` from 1 to 200 and the `cursor` of the page before. */
export const PageInput = {
  limit: z.coerce.number().int().min(1).max(200).describe("How many rows a page has").default(50),
  cursor: z
    .string()
    .max(2000)
    .regex(/^[\w-]+$/, "is not a cursor of this list")
    .describe("`nextCursor` of the page before, for the next one")
    .optional(),
};

/** Something that an answer lacks, and why. */
export const Warning = z.object({ code: z.string(), detail: z.string() });
export type Warning = z.infer<typeof Warning>;

/** The envelope of every list. `asOf` is the age of what it is made from; `partial` says that a source did not answer. */
export const Page = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable(),
    asOf: z.string(),
    partial: z.boolean(),
    warnings: z.array(Warning),
  });

/** An answer of a Lambda holds 6 MB, and its envelope something too. */
const MOST_BYTES = 4_000_000;

/** How many of these fit into an answer, from the first on; one does in any case. */
export function withinBytes(items: readonly unknown[], most: number = MOST_BYTES): number {
  let left = most;
  const end = items.findIndex((item) => (left -= Buffer.byteLength(JSON.stringify(item) ?? "") + 1) < 0);
  return end < 0 ? items.length : Math.max(1, end);
}

/** How many more of these fit into an answer beside those that are in it. */
export function roomFor(more: readonly unknown[], items: readonly unknown[]): number {
  const all = [...items, ...more];
  return Math.max(0, withinBytes(all) - items.length);
}

/** Makes a cursor from what the next page has to know. Opaque to callers. */
export const toCursor = (position: unknown) => Buffer.from(JSON.stringify(position)).toString("base64url");

/** Reads a cursor back, or answers 400: a cursor of another list or a broken one is never "from the start". */
export function fromCursor<T>(schema: z.ZodType<T>, cursor: string | undefined): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
  } catch (cause) {
    const errors = [{ pointer: "/cursor", code: "invalid", detail: "is not a cursor of this list" }];
    throw new Fault("invalid", "request.invalid", "The cursor is not one of this list.", { errors, cause });
  }
}

/** One page of a list that is held in memory; the cursor is the key of the last item given. */
export function pageOf<T>(
  items: readonly T[],
  key: (item: T) => string,
  page: { limit: number; cursor?: string | undefined },
) {
  const last = fromCursor(z.string(), page.cursor);
  const found = last === undefined ? -1 : items.findIndex((item) => key(item) === last);
  if (last !== undefined && found < 0) {
    throw new Fault(
      "invalid",
      "request.stale-cursor",
      "The item that this cursor stood at is gone; start again.",
    );
  }
  return pageFrom(items, found + 1, page.limit, key);
}

/**
 * The page of a list that begins at `start`, shorter where it would not fit into an answer; its cursor is made of
 * `position`, what the next page has to know of the last item.
 */
export function pageFrom<T>(
  items: readonly T[],
  start: number,
  limit: number,
  position: (item: T) => unknown,
) {
  const wanted = items.slice(start, start + limit);
  const slice = wanted.slice(0, withinBytes(wanted));
  const end = slice.at(-1);
  const more = end !== undefined && start + slice.length < items.length;
  return { items: slice, nextCursor: more ? toCursor(position(end)) : null };
}

const After = z.strictObject({ after: z.string() });

/** The same of a list in the order of its keys: it goes on behind the last key given, whether that is still there or not. */
export function pageByKey<T>(
  items: readonly T[],
  key: (item: T) => string,
  page: { limit: number; cursor?: string | undefined },
) {
  const last = fromCursor(After, page.cursor)?.after;
  const start = last === undefined ? 0 : items.findIndex((item) => key(item) > last);
  return pageFrom(items, start < 0 ? items.length : start, page.limit, (item) => ({ after: key(item) }));
}
